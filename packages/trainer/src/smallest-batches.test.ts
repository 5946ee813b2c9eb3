import { prepareBackend } from "@cai/backend";
import { beforeAll, expect, test } from "vitest";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { disposeTrainer, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** Every score the same. */
const equal =
  (score: number): PPOTrainerOptions["rewardModel"] =>
  async ({ responses }) =>
    new Float32Array(responses.length).fill(score);

const settings: Partial<PPOTrainerOptions>[] = [
  {},
  { rewardScaling: "scale" },
  { rewardScaling: "normalize", rewardWhitening: true },
  { bootstrapTruncated: true, missingEosPenalty: 1 },
  { entropyCoef: 0.01, klPlacement: "loss", klEstimator: "k3", aggregation: "seq-mean-token-mean" },
  { klController: "adaptive", klHorizon: 10, maxApproxKl: 1e-9, minibatchSize: 1 },
];

// With minNewTokens as many as maxNewTokens, every response is cut at the limit.
test.each(
  settings.flatMap((options) =>
    [
      { rows: 1, tokens: 1, score: 1 },
      { rows: 1, tokens: 3, score: 1e6 },
      { rows: 4, tokens: 1, score: 0 },
      { rows: 4, tokens: 3, score: -1e-6 },
    ].map((size) => ({ ...size, options })),
  ),
)("$rows rows of $tokens tokens, all cut, every score $score, $options: each metric is a finite number, none blown up", async (given) => {
  const { rows, tokens, score, options } = given;
  const length = { maxNewTokens: tokens, minNewTokens: tokens };
  const trainer = await tinyTrainer({ rewardModel: equal(score), batchSize: rows, ...length, ...options });
  for (let step = 0; step < 2; step++) {
    const { metrics } = await trainer.trainStep(tinyPrompts.slice(0, rows));
    expect(Object.entries(metrics).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
    expect(metrics["tokens/eos_fraction"]).toBe(0);
    const penalty = options.missingEosPenalty ?? 0;
    expect(Math.abs(metrics["objective/rlhf_reward"]!)).toBeLessThanOrEqual(Math.abs(score) + penalty + 0.1); // and some KL
    expect(Math.abs(metrics["policy/loss"]!)).toBeLessThan(10);
  }
  disposeTrainer(trainer);
});

test.each([
  [1, 1],
  [0.3, 0.3],
  [1e6, 1e6],
])("with scaled rewards a step whose scores are all %d trains on that, until a score differs", async (score, expected) => {
  const scores = [score, score, score + 1].map((last) => Float32Array.of(score, score, score, last));
  let step = 0;
  const trainer = await tinyTrainer({ rewardScaling: "scale", klCoef: 0, rewardModel: async () => scores[step++]! });
  const rewards: number[] = [];
  for (let i = 0; i < 3; i++) rewards.push((await trainer.trainStep(tinyPrompts.slice(0, 4))).metrics["objective/rlhf_reward"]!);
  expect(rewards[0]! / expected).toBeCloseTo(1, 6);
  expect(rewards[1]! / expected).toBeCloseTo(1, 6);
  // Twelve numbers, one of them 1 more: deviation √(1/12), which beside a million is rounding.
  const divisor = score === 1e6 ? 1 : Math.sqrt(1 / 12);
  expect(rewards[2]! / ((score + 0.25) / divisor)).toBeCloseTo(1, 5);
  disposeTrainer(trainer);
});
