import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, expect, test } from "vitest";
import { courtesyPairs } from "./courtesy-pairs.ts";
import { hatesonar } from "./hatesonar.ts";
import { getJudge } from "./judge-folder.ts";

let session: InferenceSession;
beforeAll(async () => {
  session = await InferenceSession.create(join(await getJudge(hatesonar), "model.onnx"), { intraOpNumThreads: 1 });
}, 300_000);

/** Of hate speech, offensive language and neither. */
async function probabilities(texts: readonly string[]): Promise<number[][]> {
  const { probabilities } = await session.run({ text: new Tensor("string", [...texts], [texts.length]) });
  const flat = Array.from(probabilities!.data as Float32Array);
  return texts.map((_, index) => flat.slice(3 * index, 3 * index + 3));
}

test("what it has learnt shows, whatever the case", async () => {
  const [calm, rude, loud] = await probabilities(["Thank you, what a lovely morning.", "you are a stupid bitch", "YOU ARE A STUPID BITCH"]);
  console.log(calm, rude, loud);
});

test("how many of the written pairs it ranks right", async () => {
  const neither = async (texts: readonly string[]) => (await probabilities(texts)).map((row) => row[2]!);
  const courteous = await neither(courtesyPairs.map((pair) => pair.courteous));
  const hostile = await neither(courtesyPairs.map((pair) => pair.hostile));
  const right = courteous.filter((p, index) => p > hostile[index]!).length;
  console.log(`hatesonar: ${right} of ${courtesyPairs.length}`, courteous, hostile);
});
