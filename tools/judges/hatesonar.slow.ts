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

test("a text without a word that it knows gets the softmax of the three intercepts", async () => {
  const exponentials = [-1.6416032, 0.3938895, 1.2477138].map(Math.exp);
  const sum = exponentials.reduce((total, value) => total + value, 0);
  const [unknown] = await probabilities(["Qzxvwk, blorptastic!"]);
  for (const [index, value] of exponentials.entries()) expect(unknown![index]).toBeCloseTo(value / sum, 5);
});

test("rude words are offensive, whatever their case and signs", async () => {
  const [calm, rude, loud] = await probabilities([
    "Thank you, what a lovely morning.",
    "you are a stupid bitch",
    "YOU ARE A... Stupid BITCH!",
  ]);
  expect(calm![2]).toBeGreaterThan(0.5);
  expect(rude![1]).toBeGreaterThan(0.9);
  expect(loud).toEqual(rude);
});

test("it ranks 13 of the 20 written pairs right: it knows slurs, and is no judge of courtesy", async () => {
  const neither = async (texts: readonly string[]) => (await probabilities(texts)).map((row) => row[2]!);
  const courteous = await neither(courtesyPairs.map((pair) => pair.courteous));
  const hostile = await neither(courtesyPairs.map((pair) => pair.hostile));
  // The closest pair is 0.004 apart, rounding 1e-6.
  expect(courteous.filter((p, index) => p > hostile[index]!)).toHaveLength(13);
});
