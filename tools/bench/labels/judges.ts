import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { hatesonar } from "../../judges/hatesonar.ts";
import { getJudge } from "../../judges/judge-folder.ts";
import { toxBlock } from "../../judges/tox-block.ts";

/** Scores answers by what people said of other texts; the higher, the more courteous, in log-odds. */
export interface Judge {
  readonly name: string;
  /** Of both answers of each pair. */
  scorePairs(pairs: readonly { readonly answers: readonly [string, string] }[]): Promise<[number, number][]>;
}

/** tox-block's network and hatesonar's regression, fetched where they aren't in the cache. */
export async function openJudges(): Promise<Judge[]> {
  return [judgeOf("tox-block", await notToxic()), judgeOf("hatesonar", await notOffensive())];
}

type Score = (responses: readonly string[]) => Promise<readonly number[]>;

const judgeOf = (name: string, score: Score): Judge => ({
  name,
  async scorePairs(pairs) {
    const scores = await score(pairs.flatMap(({ answers }) => answers));
    if (!scores.every(Number.isFinite)) throw new Error(`${name} gives a score that is no finite number`);
    return pairs.map((_, pair) => [scores[2 * pair]!, scores[2 * pair + 1]!]);
  },
});

async function notToxic(): Promise<Score> {
  await getJudge(toxBlock);
  const { default: courtesy } = await import("../../../docs/examples/constitutional-ai/courtesy-judge.mjs");
  return (responses) => courtesy({ responses });
}

/** Log-odds of neither hate speech nor offensive language. */
async function notOffensive(): Promise<Score> {
  const session = await InferenceSession.create(join(await getJudge(hatesonar), "model.onnx"), { intraOpNumThreads: 1 });
  return async (responses) => {
    const { probabilities } = await session.run({ text: new Tensor("string", [...responses], [responses.length]) });
    const flat = probabilities!.data as Float32Array;
    return responses.map((_, row) => Math.log(flat[3 * row + 2]! / (flat[3 * row]! + flat[3 * row + 1]!)));
  };
}
