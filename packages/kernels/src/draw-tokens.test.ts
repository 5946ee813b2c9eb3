import { drawTokens as drawPortably, SamplingError } from "@cai/sampling";
import { numbers, onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { type DrawTokensOptions, drawTokens } from "./draw-tokens.ts";

const uniformsOf = (count: number, seed: number): Float64Array => Float64Array.from(numbers(count, { seed, range: 0.5 }), (x) => x + 0.5);

async function expectTwins(logits: Float32Array, vocabSize: number, options: DrawTokensOptions): Promise<void> {
  const shape = [logits.length / vocabSize, vocabSize] as const;
  const expected = drawPortably({ logits, shape, ...options });
  const drawn = (await drawTokens(tf.tensor2d(logits, [...shape]), options))!;
  expect([...drawn.ids]).toEqual([...expected.ids]);
  drawn.logprobs.forEach((logprob, row) => {
    expect(Math.abs(logprob - expected.logprobs[row]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected.logprobs[row]!)));
  });
}

onNativeKernels(() => {
  test("logits 0 and ln 3: a quarter of the numbers draws the first token", async () => {
    const logits = tf.tensor2d([0, Math.log(3), 0, Math.log(3)], [2, 2]);
    const { ids, logprobs } = (await drawTokens(logits, { uniforms: Float64Array.of(0.2499, 0.2501) }))!;
    expect([...ids]).toEqual([0, 1]);
    expect([...logprobs].map((logprob) => Math.exp(logprob).toFixed(6))).toEqual(["0.250000", "0.750000"]);
  });

  test.each([0, 0.3, 0.7, 1, 2.5])("thousands of draws at temperature %d are those of @cai/sampling", async (temperature) => {
    for (const [vocabSize, rows] of [
      [1, 3],
      [2, 500],
      [257, 2000],
      [50_257, 8],
    ] as const)
      for (const seed of [1, 2]) {
        const logits = numbers(rows * vocabSize, { seed, range: 12 });
        const blockedIds = vocabSize > 2 ? [0, vocabSize - 1, 7] : [];
        await expectTwins(logits, vocabSize, { uniforms: uniformsOf(rows, seed + 5), temperature, blockedIds });
      }
  });

  test("the smallest and the largest number draw tokens that may be drawn", async () => {
    const logits = Float32Array.of(-1e30, -1e4, 5, 5, -1e4, -1e30);
    for (const uniform of [0, 1 - 2 ** -53]) await expectTwins(logits, 6, { uniforms: Float64Array.of(uniform), blockedIds: [3] });
    await expectTwins(Float32Array.of(1, 3, 3), 3, { uniforms: Float64Array.of(0.9), temperature: 0 });
  });

  /** What both refuse: the twin by an error, the native draw by leaving it to the twin. */
  async function expectRefused(logits: Float32Array, vocabSize: number, options: DrawTokensOptions): Promise<void> {
    const shape = [logits.length / vocabSize, vocabSize] as const;
    expect(() => drawPortably({ logits, shape, ...options })).toThrow(SamplingError);
    expect(await drawTokens(tf.tensor2d(logits, [...shape]), options)).toBeUndefined();
  }

  test.each([0, 0.7, 1])(
    "NaN or an infinity anywhere in a row is refused at temperature %d, also where its id is blocked",
    async (temperature) => {
      for (const vocabSize of [2, 3, 7, 8, 9, 16, 17, 33, 64, 257, 1000])
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
          for (let place = 0; place < vocabSize; place += Math.ceil(vocabSize / 20)) {
            const logits = numbers(2 * vocabSize, { seed: 1, range: 3 });
            logits[vocabSize + place] = bad;
            for (const blockedIds of [[], [place]])
              await expectRefused(logits, vocabSize, { uniforms: Float64Array.of(0.5, 0.5), temperature, blockedIds });
          }
    },
  );

  test("nothing left to draw, and options that are none, are refused", async () => {
    const logits = Float32Array.of(1, 2, 3, 4);
    const uniforms = Float64Array.of(0.5, 0.5);
    await expectRefused(logits, 2, { uniforms, blockedIds: [0, 1] });
    for (const blockedIds of [[2], [-1], [0.5], [Number.NaN]]) await expectRefused(logits, 2, { uniforms, blockedIds });
    for (const temperature of [Number.NaN, -1, Number.POSITIVE_INFINITY]) await expectRefused(logits, 2, { uniforms, temperature });
    for (const uniform of [Number.NaN, -0.1, 1]) await expectRefused(logits, 2, { uniforms: Float64Array.of(0.5, uniform) });
    await expectRefused(logits, 2, { uniforms: Float64Array.of(0.5) });
  });

  test("a row's token does not depend on its neighbours, and no tensor stays", async () => {
    const logits = tf.tensor2d(numbers(5 * 3000, { seed: 3, range: 4 }), [5, 3000]);
    const uniforms = uniformsOf(5, 9);
    const before = tf.memory().numTensors;
    const together = (await drawTokens(logits, { uniforms }))!;
    expect(tf.memory().numTensors).toBe(before);
    const alone = (await drawTokens(tf.slice(logits, [3, 0], [1, 3000]), { uniforms: uniforms.slice(3, 4) }))!;
    expect([alone.ids[0], alone.logprobs[0]]).toEqual([together.ids[3], together.logprobs[3]]);
  });
});

test("without native kernels there is nothing here", async () => {
  await tf.setBackend("cpu");
  expect(await drawTokens(tf.tensor2d([[0, 1]]), { uniforms: Float64Array.of(0.5) })).toBeUndefined();
});
