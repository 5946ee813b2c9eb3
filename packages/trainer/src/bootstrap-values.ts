import { type Rollout, selectSequences } from "@cai/contracts";
import { consecutiveRuns } from "@cai/training";
import type { Models } from "./ppo-parts.ts";

/**
 * The value of the text that each row was cut after, from which GAE goes on: that of a token that would follow the response's last one.
 *
 * @returns `[B]`, 0 for rows that were not cut at the length limit.
 */
export async function evaluateBootstrapValues(
  { policy, valueModel }: Models,
  { prompts, responses, finishReasons }: Pick<Rollout, "prompts" | "responses" | "finishReasons">,
  rowsAtOnce: number,
): Promise<Float32Array> {
  const cut = [...finishReasons.keys()].filter((row) => finishReasons[row] === "length");
  const values = new Float32Array(finishReasons.length);
  for (const run of consecutiveRuns(cut.length, rowsAtOnce)) {
    const rows = run.map((place) => cut[place]!);
    const tensor = valueModel.lastValues(selectSequences({ prompts, responses }, rows), policy);
    const read = await tensor.data<"float32">();
    tensor.dispose();
    rows.forEach((row, place) => {
      values[row] = read[place]!;
    });
  }
  return values;
}
