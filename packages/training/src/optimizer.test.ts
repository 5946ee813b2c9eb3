import "@tensorflow/tfjs";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { applyGradients, makeOptimizer, scheduledRate } from "./optimizer.ts";
import { optimizerOptions } from "./optimizer-options.ts";
import { resolveOptions } from "./option-table.ts";

describe("the learning rate of a step", () => {
  const falling = { schedule: "linear", warmupSteps: 0 } as const;

  it("falls to the run's last step", () => {
    const rates = [1, 2, 3, 4].map((step) => scheduledRate({ learningRate: 0.4 }, { step, totalSteps: 4 }, falling));
    expect(rates).toEqual([0.4, expect.closeTo(0.3), expect.closeTo(0.2), expect.closeTo(0.1)]);
  });

  it("stays for steps that are made one by one", () => {
    const rates = [1, 2, 1000].map((step) => scheduledRate({ learningRate: 0.4 }, { step, totalSteps: 0 }, falling));
    expect(rates).toEqual([expect.closeTo(0.4), expect.closeTo(0.4), expect.closeTo(0.4)]);
  });

  it("rises over the warm-up all the same", () => {
    const warming = { ...falling, warmupSteps: 2 };
    const rates = [1, 2, 3].map((step) => scheduledRate({ learningRate: 0.4 }, { step, totalSteps: 0 }, warming));
    expect(rates).toEqual([expect.closeTo(0.4 / 3), expect.closeTo(0.8 / 3), expect.closeTo(0.4)]);
  });
});

describe("an update", () => {
  const settings = resolveOptions(optimizerOptions, {});

  /** One weight for each of two optimizers, `a` and `b`, both 2. */
  function twoOptimizers() {
    const weights = ["a", "b"].map((name) => createParameter({ name, layer: 0, value: tf.tensor1d([2]) }));
    const optimizers = weights.map((weight) => makeOptimizer([weight], settings));
    const update = (loss: number, a: number, b: number) =>
      applyGradients({
        loss,
        optimizers,
        gradients: new Map([["a", tf.tensor1d([a])], ["b", tf.tensor1d([b])]]), // biome-ignore format: a line
        learningRates: [0.1, 0.5],
        maxGradNorm: 1e9,
        where: "step 3, epoch 1",
      });
    const state = async () => {
      const moments = [];
      for (const { adamW } of optimizers) for await (const { expAvg, expAvgSq } of adamW.moments()) moments.push(expAvg[0], expAvgSq[0]);
      return { weights: weights.map(({ value }) => value.dataSync()[0]), moments, counts: optimizers.map(({ adamW }) => adamW.stepCount) };
    };
    return { update, state };
  }

  it("moves each weight by its learning rate at first, as Adam does, and tells the first gradients' norm", async () => {
    const { update, state } = twoOptimizers();
    expect(await update(1, -3, 4)).toEqual({ gradientNorm: 3 });
    const { weights, counts } = await state();
    expect(weights).toEqual([expect.closeTo(2.1, 5), expect.closeTo(1.5, 5)]);
    expect(counts).toEqual([1, 1]);
  });

  it.each([
    [Number.NaN, 1, 2, { a: 1, b: 2 }],
    [Number.NEGATIVE_INFINITY, 1, 2, { a: 1, b: 2 }],
    [1, Number.NaN, 2, { a: Number.NaN, b: 2 }],
    // The second optimizer's is looked at before the first one's weight changes.
    [1, 1, Number.POSITIVE_INFINITY, { a: 1, b: Number.POSITIVE_INFINITY }],
    // Its square is beyond float32, in which norms are summed.
    [1, 1, -1e30, { a: 1, b: Number.POSITIVE_INFINITY }],
  ])("is not made for a loss of %d and gradients %d and %d: weights, moments and counts stay", async (loss, a, b, gradientNorms) => {
    const { update, state } = twoOptimizers();
    await update(1, 0.5, 0.25);
    const before = await state();
    expect((await update(loss, a, b)).failed).toEqual({ where: "step 3, epoch 1", loss, gradientNorms });
    expect(await state()).toEqual(before);
  });
});
