import { TrainingError } from "@cai/training";
import { expect, test } from "vitest";
import { resolveHyperparameters } from "./ppo-options.ts";

test("the defaults are the documented ones", () => {
  expect(resolveHyperparameters({})).toMatchObject({
    learningRate: 1e-5,
    clipRange: 0.2,
    klCoef: 0.1,
    gamma: 0.99,
    lambda: 0.95,
    valueLossCoef: 0.5,
    maxGradNorm: 1,
    epochs: 4,
    steps: 100,
    batchSize: 4,
    maxNewTokens: 150,
    checkpointEvery: 10,
  });
});

test("every default survives JSON, so that config.json gives the same run back", () => {
  const resolved = resolveHyperparameters({});
  expect(resolveHyperparameters(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
});

test.each([
  [{ learningRate: 0 }, /learningRate is 0; expected at least 1e-37/],
  [{ learningRate: Number.NaN }, /learningRate is NaN; expected a finite number/],
  [{ learningRate: Number.POSITIVE_INFINITY }, /learningRate is Infinity; expected a finite number/],
  [{ batchSize: 2.5 }, /batchSize is 2.5; expected a whole number/],
  [{ lambda: 1.5 }, /lambda is 1.5; expected at most 1/],
  [{ klEstimator: "k4" as "k3" }, /klEstimator is "k4"; expected one of k1, k2, k3, abs, full/],
  [{ steps: "many" as unknown as number }, /steps is "many"; expected a number/],
  [{ minNewTokens: 10, maxNewTokens: 5 }, /minNewTokens 10 exceeds maxNewTokens 5/],
  [{ batchSize: 8, minibatchSize: 3 }, /batchSize 8 is not a multiple of minibatchSize 3/],
  [{ batchSize: 8, microbatchSize: 3 }, /a minibatch of 8 rows is not a multiple of microbatchSize 3/],
  [{ dualClip: 0.5 }, /dualClip is 0.5; expected more than 1, or 0/],
  [{ learningrate: 1 } as object, /unknown option learningrate: did you mean learningRate\?/],
  [{ klController: "adaptive" as const, klHorizon: 3, batchSize: 15 }, /klHorizon is 3; expected more than 3, a fifth of a step's 15 rows/],
  [
    { weightDecay: 100, learningRate: 0.01, valueLearningRate: 0 },
    /weightDecay 100 times the learning rate 0.01 is 1; expected less than 1/,
  ],
  [{ weightDecay: 200, valueLearningRate: 0.01 }, /weightDecay 200 times the learning rate 0.01 is 2/],
  [{ aggregation: "constant" as const }, /wants aggregationDivisor/],
  [{ klEstimator: "full" as const, klPlacement: "loss" as const }, /klEstimator "full" acts in the reward only/],
  [{ valueWarmupSteps: 5, valueLearningRate: 0 }, /valueWarmupSteps wants an optimizer of the value model's own/],
])("%o is refused, saying what was given and what is allowed", (given, message) => {
  const resolve = () => resolveHyperparameters(given);
  expect(resolve).toThrow(message);
  try {
    resolve();
  } catch (error) {
    expect(TrainingError.isInstance(error) && error.code).toBe("invalid-option");
  }
});
