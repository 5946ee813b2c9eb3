import { describe, expect, test } from "vitest";
import { complaints } from "./complaints.ts";

// Whoever writes a wrong option is told by TypeScript, in words that name it, before anything runs.
const given = `
  import { computeGae, groupAdvantages } from "@cai/gae";
  import { shapeRewards, tokenKl } from "@cai/kl";
  import { addLora, loadPolicy } from "@cai/policy";
  import type { CausalPolicy } from "@cai/policy";
  import { policyLoss } from "@cai/ppo-loss";
  import { DPOTrainer, RewardTrainer } from "@cai/preference";
  import { combineRewards, httpReward, tolerantReward } from "@cai/reward-model";
  import type { RewardModel } from "@cai/contracts";
  import { SFTTrainer } from "@cai/sft";
  import { GRPOTrainer, PPOTrainer, ReinforcePlusPlusTrainer, RLOOTrainer } from "@cai/trainer";
  import { expectTypeOf } from "vitest";
  declare const policy: CausalPolicy;
  const rewardModel = ({ responses }: { responses: readonly string[] }) => responses.map((text) => text.length);
  const a = Float32Array.of(1);
  const mask = Uint8Array.of(1);
  const shape = [1, 1] as const;
`;
const gae = "rewards: a, values: a, mask, shape, gamma: 1";

const wrong: Readonly<Record<string, readonly (readonly [code: string, said: RegExp])[]>> = {
  gae: [
    [`computeGae({ ${gae}, lambda: "1" })`, /^Type 'string' is not assignable to type 'number \| ArrayLike<number>'/],
    [`computeGae({ ${gae}, lamda: 1 })`, /'lamda' does not exist in type 'GaeOptions'. Did you mean to write 'lambda'\?/],
    [`computeGae({ ${gae} })`, /Property 'lambda' is missing in type .* but required in type 'GaeOptions'/],
    [`computeGae({ ${gae}, lambda: 1, shape: [1] })`, /^Type '\[number\]' is not assignable to type 'Shape2D'/],
    [
      `groupAdvantages({ scores: a, groupSize: 1, baseline: "mean" })`,
      /'"mean"' is not .* '"group-mean" \| "leave-one-out" \| "none" \| undefined'/,
    ],
  ],
  kl: [
    [
      `tokenKl({ logprobs: a, refLogprobs: a, mask, estimator: "k4" })`,
      /^Type '"k4"' is not assignable to type 'KlEstimator \| undefined'/,
    ],
    ["shapeRewards({ kl: a, scores: a, mask, shape, coef: 1 })", /'coef' does not exist in type 'ShapeRewardsOptions'/],
  ],
  "ppo-loss": [
    [
      "policyLoss({ newLogprobs: a, oldLogprobs: a, advantages: a, mask, shape, clipRange: 1 })",
      /'clipRange' does not exist in type .*PolicyClipping/,
    ],
    [
      `policyLoss({ newLogprobs: a, oldLogprobs: a, advantages: a, mask, shape, aggregation: "mean" })`,
      /^Type '"mean"' is not assignable to type 'Aggregation \| undefined'/,
    ],
  ],
  trainers: [
    ...["PPO", "GRPO", "RLOO", "ReinforcePlusPlus"].map(
      (name) =>
        [
          `${name}Trainer.create({ policy, rewardModel, learningrate: 1 })`,
          RegExp(`'learningrate' does not exist in type '${name}TrainerOptions'. Did you mean to write 'learningRate'\\?`),
        ] as const,
    ),
    [`PPOTrainer.create({ policy, rewardModel, batchSize: "8" })`, /^Type 'string' is not assignable to type 'number'/],
    [`PPOTrainer.create({ policy: "./gpt2", rewardModel })`, /^Type 'string' is not assignable to type 'TrainablePolicy<Tensor<Rank>>'/],
    ["PPOTrainer.create({ policy })", /Property 'rewardModel' is missing in type .* but required in type 'PPOTrainerOptions'/],
    ["GRPOTrainer.create({ policy, rewardModel, klController: 1 })", /'klController' does not exist in type 'GRPOTrainerOptions'/],
    ["DPOTrainer.create({ policy, betta: 1 })", /'betta' does not exist in type 'DPOTrainerOptions'. Did you mean to write 'beta'\?/],
    [`DPOTrainer.create({ policy, lossType: "sigmoidal" })`, /^Type '"sigmoidal"' is not .* 'DpoLossType'. Did you mean '"sigmoid"'\?/],
    [`RewardTrainer.create({ policy, epochs: "1" })`, /^Type 'string' is not assignable to type 'number'/],
    ["SFTTrainer.create({ policy, packed: true })", /'packed' does not exist in type 'SFTTrainerOptions'/],
  ],
  rewards: [
    ["PPOTrainer.create({ policy, rewardModel: 5 })", /^Type 'number' is not assignable to type 'RewardModel \| ScoreFunction'/],
    ["PPOTrainer.create({ policy, rewardModel: ({ responses }) => responses })", /Type 'string' is not assignable to type 'number'\.$/],
    ["const model: RewardModel = { score: async ({ replies }) => a }", /^Property 'replies' does not exist on type 'ScoreRequest'/],
    [`combineRewards([{ model: { score: async () => a }, weight: "2" }])`, /^Type 'string' is not assignable to type 'number'/],
    [`httpReward({ uri: "http://localhost" })`, /'uri' does not exist in type 'HttpRewardOptions'/],
    [
      `tolerantReward({ score: async () => a }, { onError: "ignore" })`,
      /^Type '"ignore"' is not .* '"retry" \| "skip" \| "stop" \| undefined'/,
    ],
  ],
  policy: [
    ["loadPolicy(7)", /'number' is not assignable to parameter of type 'string'/],
    [`loadPolicy("./gpt2", { dtype: "float16" })`, /'dtype' does not exist in type '{ readonly seed\?: number;/],
    [`(await loadPolicy("./gpt2")).generat()`, /^Property 'generat' does not exist on type 'CausalPolicy'. Did you mean 'generate'\?/],
    ["addLora(policy, { r: 8 })", /'r' does not exist in type '{ readonly rank: number;/],
  ],
};

const right = [
  `expectTypeOf(computeGae({ ${gae}, lambda: 1 })).toEqualTypeOf<{ advantages: Float32Array; returns: Float32Array }>()`,
  `expectTypeOf(tokenKl({ logprobs: a, refLogprobs: a, mask, estimator: "k3" })).toEqualTypeOf<Float32Array>()`,
  "expectTypeOf(PPOTrainer.create({ policy, rewardModel, learningRate: 1e-4, seed: 7 })).resolves.toEqualTypeOf<PPOTrainer>()",
  "expectTypeOf(PPOTrainer.create({ policy, rewardModel: { score: async () => a } })).resolves.toEqualTypeOf<PPOTrainer>()",
  "expectTypeOf(DPOTrainer.create({ policy, beta: 0.1 })).resolves.toEqualTypeOf<DPOTrainer>()",
  `expectTypeOf(loadPolicy("./gpt2", { seed: 7 })).resolves.toEqualTypeOf<CausalPolicy>()`,
];

const wrongs = Object.values(wrong).flat();
const said = complaints([...wrongs.map(([code]) => code), ...right].map((code) => `${given}${code};`));
const saidOf = new Map([...wrongs.map(([code]) => code), ...right].map((code, index) => [code, said[index]]));

describe.each(Object.keys(wrong))("%s", (name) => {
  test.each(wrong[name]!)("%s is refused, in words that name what is wrong", (code, words) => {
    expect(saidOf.get(code)).toMatch(words);
  });
});

test.each(right)("%s compiles", (code) => {
  expect(saidOf.get(code)).toBe("");
});
