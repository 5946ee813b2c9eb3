import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { beforeAll, describe, expect, test } from "vitest";
import { ReinforcePlusPlusTrainer, type ReinforcePlusPlusTrainerOptions } from "./reinforce-plus-plus-trainer.ts";
import { lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

async function withTrainer<Result>(
  options: Partial<ReinforcePlusPlusTrainerOptions>,
  use: (trainer: ReinforcePlusPlusTrainer) => Result | Promise<Result>,
): Promise<Result> {
  const policy = await loadPolicy(tinyModel);
  const trainer = await ReinforcePlusPlusTrainer.create({ policy, rewardModel: lowIdReward, maxNewTokens: 6, ...options });
  try {
    return await use(trainer);
  } finally {
    trainer.dispose();
    policy.dispose();
  }
}

const expectClose = (found: Float32Array, expected: readonly number[]) =>
  expected.forEach((number, i) => {
    expect(found[i], `number ${i}`).toBeCloseTo(number, 6);
  });

describe("advantages", () => {
  // Rewards: −0.1·0.5 and 1; 3 − 0.1. From each token on: 0.95, 1; 2.9. Their mean is 4.85 / 3, their deviation √(2.471667 / 2).
  const batch = {
    scores: Float32Array.of(1, 3),
    kl: Float32Array.of(0.5, 0, 1, 99),
    mask: Uint8Array.of(1, 1, 1, 0),
    shape: [2, 2],
  } as const;

  test("of one answer a prompt: its score less β·KL from each token on, whitened over all valid tokens", () =>
    withTrainer({ beta: 0.1 }, (trainer) => {
      const { advantages } = trainer.computeAdvantages(batch);
      const [mean, deviation] = [4.85 / 3, Math.sqrt((0.444444444 + 0.380277778 + 1.646944444) / 2)];
      expectClose(advantages, [...[0.95, 1, 2.9].map((sum) => (sum - mean) / deviation), 0]);
    }));

  test("a discount weighs what is further away less", () =>
    withTrainer({ beta: 0.1, gamma: 0.5 }, (trainer) => {
      // 0.45, 1; 2.9: the mean 1.45, the deviation √((1 + 0.2025 + 2.1025) / 2).
      const { advantages } = trainer.computeAdvantages(batch);
      expectClose(advantages, [-1 / Math.sqrt(1.6525), -0.45 / Math.sqrt(1.6525), 1.45 / Math.sqrt(1.6525), 0]);
    }));

  test("with the KL in the loss, of the score alone", () =>
    withTrainer({ beta: 0.1, klPlacement: "loss" }, (trainer) => {
      // 1, 1; 3: the mean 5/3, the deviation √(24/9 / 2).
      const { advantages } = trainer.computeAdvantages(batch);
      expectClose(advantages, [-2 / 3 / Math.sqrt(4 / 3), -2 / 3 / Math.sqrt(4 / 3), 4 / 3 / Math.sqrt(4 / 3), 0]);
    }));

  const four = { scores: Float32Array.of(1, 3, 10, 10), kl: new Float32Array(4), mask: new Uint8Array(4).fill(1), shape: [4, 1] } as const;

  test("of several answers to a prompt: less their mean first, so that an easy prompt is no merit", async () => {
    const compared = await withTrainer({ numGenerations: 2 }, (trainer) => trainer.computeAdvantages(four));
    expectClose(compared.advantages, [-1 / Math.sqrt(2 / 3), 1 / Math.sqrt(2 / 3), 0, 0]);
    expectClose(compared.groupDeviations, [Math.SQRT2, 0]);
    const alone = await withTrainer({}, (trainer) => trainer.computeAdvantages(four));
    expectClose(
      alone.advantages,
      [-5, -3, 4, 4].map((difference) => difference / Math.sqrt(22)),
    );
  });
});

test("a step of one answer a prompt has no groups to tell of", () =>
  withTrainer({}, async (trainer) => {
    const { metrics } = await trainer.trainStep(tinyPrompts.slice(0, 4));
    expect(metrics["rewards/reward/std"]).toBeGreaterThan(0);
    expect(metrics.reward_std).toBe(metrics["rewards/reward/std"]);
    expect(metrics).not.toHaveProperty("frac_reward_zero_std");
    expect(metrics["policy/updates"]).toBe(1);
  }));

test("the KL holds the policy back, in the reward and in the loss", async () => {
  const drift = (options: Partial<ReinforcePlusPlusTrainerOptions>) =>
    withTrainer({ learningRate: 1e-2, batchSize: 8, numIterations: 2, ...options }, async (trainer) => {
      let kl = 0;
      for (let step = 0; step < 6; step++) kl = (await trainer.trainStep(tinyPrompts)).metrics.kl!;
      return kl;
    });
  const free = await drift({ beta: 1e-9 });
  expect(await drift({ beta: 1 })).toBeLessThan(free);
  expect(await drift({ beta: 1, klPlacement: "loss" })).toBeLessThan(free);
});

test("groups of one are never equal, so to draw them again is refused", async () => {
  await expect(withTrainer({ redrawEqualGroups: 2 }, () => {})).rejects.toThrow(
    "redrawEqualGroups is 2; expected 0 with numGenerations 1, since a single score equals itself",
  );
});
