import { join } from "node:path";
import { OnnxRewardModel } from "@cai/reward-model";
import { type CaseResult, check } from "./case.ts";
import { type Comparison, compareNumbers } from "./compare.ts";
import { type Rows, readJson, validRows } from "./golden-json.ts";
import { tolerances } from "./tolerances.ts";

interface ScoredBatch {
  readonly inputIds: Rows;
  readonly attentionMask: Rows;
  readonly scores: readonly number[];
}

/** `expected.json` of a reward model, as far as it is read here. */
interface ExpectedScores {
  readonly rightPadded?: ScoredBatch;
  readonly leftPadded?: ScoredBatch;
  readonly onnx: { readonly file: string };
}

/** Scores of a ragged batch, padded on either side. */
export async function* rewardCases(file: string, directory: string): AsyncGenerator<CaseResult> {
  const expected = await readJson<ExpectedScores>(join(directory, "expected.json"));
  const model = join(directory, expected.onnx.file);
  for (const paddingSide of ["right", "left"] as const) {
    const batch = expected[`${paddingSide}Padded`];
    if (batch !== undefined) yield await check(file, `ONNX scores, ${paddingSide}-padded`, () => compareScores(model, paddingSide, batch));
  }
}

async function compareScores(model: string, paddingSide: "left" | "right", batch: ScoredBatch): Promise<Comparison[]> {
  const rows = validRows({ ids: batch.inputIds, mask: batch.attentionMask }).map((row) => Int32Array.from(row));
  const texts = rows.map(() => "");
  const rewardModel = await OnnxRewardModel.load(model, { input: "ids", paddingSide });
  try {
    const nothing = rows.map(() => new Int32Array(0));
    const scores = await rewardModel.score({ prompts: texts, responses: texts, promptIds: rows, responseIds: nothing });
    return [compareNumbers("scores", scores, batch.scores, tolerances.rewardScores)];
  } finally {
    await rewardModel.dispose();
  }
}
