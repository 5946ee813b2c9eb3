import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { beforeAll, describe, expect, test } from "vitest";
import { GRPOTrainer } from "./grpo-trainer.ts";
import { ReinforcePlusPlusTrainer } from "./reinforce-plus-plus-trainer.ts";
import { RLOOTrainer } from "./rloo-trainer.ts";
import { disposeTrainer, lowIdReward, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** Mean and largest distance from 1 of exp(log p − behaviour) over the response tokens. */
function ratios(logprobs: Float32Array, behaviour: Float32Array, mask: Uint8Array): { mean: number; furthest: number } {
  const all = [...logprobs.keys()].filter((cell) => mask[cell] === 1).map((cell) => Math.exp(logprobs[cell]! - behaviour[cell]!));
  return { mean: all.reduce((sum, one) => sum + one, 0) / all.length, furthest: Math.max(...all.map((one) => Math.abs(one - 1))) };
}

describe.each([{ topP: 0.8 }, { topK: 5 }])("%o", (filter) => {
  test.each([1, 0.7])("at T = %d the policy's probabilities over what was kept are those that were drawn with", async (temperature) => {
    const trainer = await tinyTrainer({ ...filter, temperature, maxNewTokens: 12 });
    const rollout = await trainer.generateResponses(tinyPrompts);
    const { prompts, responses, behaviourLogprobs, keptTokens } = rollout;
    const kept = ratios(await trainer.getLogprobs({ prompts, responses, keptTokens }), behaviourLogprobs, responses.mask);
    expect(kept.furthest).toBeLessThan(1e-4);
    const full = ratios(await trainer.getLogprobs({ prompts, responses }), behaviourLogprobs, responses.mask);
    expect(full.mean).toBeLessThan(0.95); // what was left out, on the average
    disposeTrainer(trainer);
  });

  test.each([{}, { minibatchSize: 2, epochs: 1 }, { klPlacement: "loss" as const }, { entropyCoef: 0.01 }])(
    "PPO's ratio is 1 before the first update, and its KL that of the full vocabularies: %o",
    async (options) => {
      const trainer = await tinyTrainer({ ...filter, learningRate: 1e-37, valueLearningRate: 1e-37, epochs: 1, ...options });
      const { metrics } = await trainer.trainStep(tinyPrompts);
      expect(metrics["policy/ratio"]).toBeCloseTo(1, options.minibatchSize ? 5 : 12);
      expect(metrics["objective/kl"]).toBeCloseTo(0, 3); // policy and reference are the same model
      expect(metrics.grad_norm).toBeGreaterThan(0);
      disposeTrainer(trainer);
    },
  );

  test.each([
    ["GRPO", GRPOTrainer, {}],
    ["GRPO, rows apart", GRPOTrainer, { minibatchSize: 4 }],
    ["RLOO", RLOOTrainer, {}],
    ["RLOO, rows apart", RLOOTrainer, { minibatchSize: 4 }],
    ["REINFORCE++", ReinforcePlusPlusTrainer, {}],
    ["REINFORCE++, its KL in the loss", ReinforcePlusPlusTrainer, { klPlacement: "loss" as const }],
  ] as const)("so are those of %s", async (_, Trainer, options) => {
    const policy = await loadPolicy(tinyModel);
    const trainer = await Trainer.create({
      policy,
      rewardModel: lowIdReward,
      ...filter,
      numGenerations: 2,
      beta: 0.1,
      learningRate: 1e-37,
      maxNewTokens: 6,
      batchSize: 4,
      redrawEqualGroups: 1,
      ...options,
    });
    const { metrics, klPerToken } = await trainer.trainStep(tinyPrompts.slice(0, 4));
    expect(metrics["policy/ratio"]).toBeCloseTo(1, 5);
    expect(metrics["sampling/sampling_logp_difference/max"]).toBeLessThan(1e-4);
    expect(Math.abs(klPerToken)).toBeLessThan(1e-4);
    trainer.dispose();
    policy.dispose();
  });
});
