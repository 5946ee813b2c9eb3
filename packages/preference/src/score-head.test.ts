import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { ScoreHead } from "./score-head.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("a score is w·h, and its gradient reaches both", () => {
  const head = ScoreHead.create({ hiddenSize: 2, deviation: 1, seed: 1 });
  const weight = head.parameters.get("score.weight")!;
  weight.assign(tf.tensor2d([1, 10], [1, 2]));
  const hidden = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  expect([...head.scores(hidden).dataSync()]).toEqual([21, 43]);
  const [byWeight, byHidden] = tf.grads((_, states) => tf.sum(head.scores(states!)))([weight.value, hidden]);
  expect([...byWeight!.dataSync()]).toEqual([4, 6]);
  expect([...byHidden!.dataSync()]).toEqual([1, 10, 1, 10]);
  head.dispose();
});

test("a new head is a function of its seed, of the deviation that was asked for, and stands above every layer", async () => {
  const weightsOf = async (seed: number) => [...(await ScoreHead.create({ hiddenSize: 4000, deviation: 0.02, seed }).weights())];
  const [weights, again, other] = [await weightsOf(1), await weightsOf(1), await weightsOf(2)];
  expect(again).toEqual(weights);
  expect(other).not.toEqual(weights);
  const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length);
  expect(deviation).toBeCloseTo(0.02, 3); // known to 0.02/√8000
  expect(ScoreHead.create({ hiddenSize: 1, deviation: 1, seed: 1 }).parameters.get("score.weight")!.layer).toBe(Number.POSITIVE_INFINITY);
});
