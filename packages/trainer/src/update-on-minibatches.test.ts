import { prepareBackend } from "@cai/backend";
import { makeOptimizer, openPass, optimizerOptions, resolveOptions } from "@cai/training";
import { ValueHead } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { updateOnMinibatches } from "./update-on-minibatches.ts";

beforeAll(() => prepareBackend());

/**
 * Three epochs over one token whose log-probability is a weight that begins at −2. The loss is −logprob, so each of Adam's first steps raises the
 * weight by the learning rate, 0.1.
 */
async function threeEpochs({ lossOf = (logprob: number) => -logprob, slope = -1, limit = 0 } = {}) {
  const weight = ValueHead.create({ hiddenSize: 1, weight: Float32Array.of(-2) }).parameters.get("v_head.weight")!; // a parameter at hand
  const options = {
    ...resolveOptions(optimizerOptions, { learningRate: 0.1 }),
    batchSize: 1,
    minibatchSize: 0,
    microbatchSize: 0,
    seed: 7,
  };
  const optimizers = [makeOptimizer([weight], options)];
  const experience = { responses: { ids: new Int32Array(1), mask: Uint8Array.of(1), shape: [1, 1] as const } };
  const seen: number[] = [];
  const update = await updateOnMinibatches({
    experience,
    select: (batch) => batch,
    optimizers,
    options,
    epochs: 3,
    step: 5,
    totalSteps: 9,
    firstPass: undefined,
    open: (batch) => openPass<{ logprobs: Float32Array }>({ batch, parameters: [weight], forward: () => ({ logprobs: tf.reshape(weight.value, [1, 1]) }) }), // biome-ignore format: a line
    lossOf: ({ logprobs }) => {
      seen.push(logprobs[0]!);
      return { total: lossOf(logprobs[0]!), slopes: { logprobs: Float32Array.of(slope) } };
    },
    measure: (losses) => ({ loss: losses[0]!.total }),
    isTooFar: ({ loss }) => limit > 0 && loss! < limit,
  });
  return { update, seen, weight: weight.value.dataSync()[0]!, steps: optimizers[0]!.adamW.stepCount };
}

test("each epoch makes an update, and their measures are averaged", async () => {
  const { update, seen, weight, steps } = await threeEpochs();
  expect(seen).toEqual([-2, expect.closeTo(-1.9, 5), expect.closeTo(-1.8, 5)]);
  expect(weight).toBeCloseTo(-1.7, 5);
  expect(steps).toBe(3);
  expect(update).toMatchObject({ updates: 3, learningRates: [0.1], failed: undefined, means: { grad_norm: 1 } });
  expect(update.means.loss).toBeCloseTo(1.9, 5);
});

test("a loss that is not finite ends them: the updates before it stay, it and those after are not made", async () => {
  const { update, seen, weight, steps } = await threeEpochs({ lossOf: (logprob) => (logprob > -1.95 ? Number.NaN : -logprob) });
  expect(seen).toHaveLength(2);
  expect(weight).toBeCloseTo(-1.9, 5);
  expect(steps).toBe(1);
  expect(update).toMatchObject({ updates: 1, means: { loss: 2, grad_norm: 1 } });
  expect(update.failed).toEqual({ where: "step 5, epoch 2", loss: Number.NaN, gradientNorms: { "v_head.weight": 1 }, updatesBefore: 1 });
});

test("so does a gradient that is not finite, by whatever loss", async () => {
  const { update, weight, steps } = await threeEpochs({ slope: Number.POSITIVE_INFINITY });
  expect([weight, steps, update.updates]).toEqual([-2, 0, 0]);
  expect(update.failed).toEqual({
    where: "step 5, epoch 1",
    loss: 2,
    gradientNorms: { "v_head.weight": Number.POSITIVE_INFINITY },
    updatesBefore: 0,
  });
});

test("a limit ends them before the update that goes beyond it, which is no failure", async () => {
  const { update, steps } = await threeEpochs({ limit: 1.85 });
  expect([steps, update.updates, update.failed]).toEqual([2, 2, undefined]);
});
