import { drawTokens as drawPortably } from "@cai/sampling";
import { numbers, onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { type DrawTokensOptions, drawTokens } from "./draw-tokens.ts";

const uniformsOf = (count: number): Float64Array => Float64Array.from(numbers(count, { seed: 9, range: 0.5 }), (x) => x + 0.5);

/** How far a uniform number is, of the whole, from where the drawn id would end and begin: float32 sums may err by so much. */
const border = 1e-5;

async function expectTwins(logits: Float32Array, vocabSize: number, options: DrawTokensOptions): Promise<void> {
  const shape = [logits.length / vocabSize, vocabSize] as const;
  const drawn = (await drawTokens(tf.tensor2d(logits, [...shape]), options))!;
  const near = (by: number) => options.uniforms.map((uniform) => Math.min(Math.max(uniform + by, 0), 1 - 2 ** -53));
  const wanted = [0, -border, border].map((by) => drawPortably({ logits, shape, ...options, uniforms: near(by) }));
  drawn.ids.forEach((id, row) => {
    const twin = wanted.find(({ ids }) => ids[row] === id);
    expect(twin, `row ${row} drew ${id}, its twin ${wanted[0]!.ids[row]}`).toBeDefined();
    expect(Math.abs(drawn.logprobs[row]! - twin!.logprobs[row]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(twin!.logprobs[row]!)));
  });
}

await onWebGpu(() => {
  test("logits 0 and ln 3: a quarter of the numbers draws the first token", async () => {
    const logits = tf.tensor2d([0, Math.log(3), 0, Math.log(3)], [2, 2]);
    const { ids, logprobs } = (await drawTokens(logits, { uniforms: Float64Array.of(0.2499, 0.2501) }))!;
    expect([...ids]).toEqual([0, 1]);
    expect([...logprobs].map((logprob) => Math.exp(logprob).toFixed(5))).toEqual(["0.25000", "0.75000"]);
  });

  test.each([0, 0.7, 1, 2.5])("draws at temperature %d are those of @cai/sampling", async (temperature) => {
    for (const [vocabSize, rows] of [
      [1, 3],
      [2, 50],
      [257, 100],
      [1000, 8],
    ] as const) {
      const blockedIds = vocabSize > 2 ? [0, vocabSize - 1, 7] : [];
      await expectTwins(numbers(rows * vocabSize, { range: 12 }), vocabSize, { uniforms: uniformsOf(rows), temperature, blockedIds });
    }
  });

  test("the smallest and the largest number draw tokens that may be drawn; of two likeliest the first is taken", async () => {
    const logits = Float32Array.of(-1e30, -1e4, 5, 5, -1e4, -1e30);
    for (const uniform of [0, 1 - 2 ** -53]) await expectTwins(logits, 6, { uniforms: Float64Array.of(uniform), blockedIds: [3] });
    const greedy = await drawTokens(tf.tensor2d([[1, 3, 3]]), { uniforms: Float64Array.of(0.9), temperature: 0 });
    expect([...greedy!.ids]).toEqual([1]);
  });

  test("an infinity, NaN, and nothing left to draw are left to the twin, which tells; no tensor stays", async () => {
    const uniforms = Float64Array.of(0.5);
    const before = tf.memory().numTensors;
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const logits = tf.tensor2d([[0, bad, 1]]);
      expect(await drawTokens(logits, { uniforms }), `${bad}`).toBeUndefined();
      logits.dispose();
    }
    const logits = tf.tensor2d([[0, 1]]);
    expect(await drawTokens(logits, { uniforms, blockedIds: [0, 1] })).toBeUndefined();
    logits.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
