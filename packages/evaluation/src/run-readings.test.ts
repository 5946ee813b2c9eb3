import { expect, test } from "vitest";
import { readingsOf } from "./run-readings.ts";

test("PPO's names and the group trainers' mean the same", () => {
  const ppo = {
    "objective/scores": 1,
    "objective/scores_std": 0.5,
    "objective/kl": 6,
    "objective/kl_per_token": 0.25,
    "tokens/response_mean": 24,
  };
  const grpo = {
    reward: 1,
    reward_std: 0.5,
    kl: 0.25,
    "completions/mean_length": 24,
    frac_reward_zero_std: 0.1,
    "rewards/reward/mean": 1,
  };
  const [first, second] = readingsOf([
    { step: 1, values: ppo },
    { step: 2, values: grpo },
  ]);
  const same = { proxy: 1, spread: 0.5, length: 24, kl: 6, klPerToken: 0.25, components: {} };
  expect(first).toEqual({ step: 1, ...same });
  expect(second).toEqual({ step: 2, ...same, equalGroups: 0.1 });
});

test("what was not logged, or was no number, is not there", () => {
  const [reading] = readingsOf([{ step: 1, values: { reward: 1, kl: Number.NaN, "completions/mean_length": 3 } }]);
  expect(reading).toEqual({ step: 1, proxy: 1, length: 3, components: {} });
});

test("rewards that were logged apart are components", () => {
  const values = { reward: 3, "rewards/helpful/mean": 2, "rewards/length/mean": 1, "rewards/length/std": 9 };
  expect(readingsOf([{ step: 1, values }])[0]!.components).toEqual({ helpful: 2, length: 1 });
});

test("a run without a reward can't be audited", () => {
  expect(() => readingsOf([{ step: 1, values: { loss: 1 } }])).toThrow('none of 1 steps has "objective/scores" or "reward"');
});
