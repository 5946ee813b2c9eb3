import { prepareBackend } from "@cai/backend";
import { fullKl } from "@cai/kl";
import { loadPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluateExactKl } from "./exact-kl.ts";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { disposeTrainer, lowIdReward, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** A trainer whose policy has moved away from its reference. */
async function movedTrainer(options: Partial<PPOTrainerOptions> = {}): Promise<PPOTrainer> {
  const trainer = await tinyTrainer({ learningRate: 1e-2, ...options });
  await trainer.trainStep(tinyPrompts);
  return trainer;
}

describe("the exact KL", () => {
  test.each([1, 0.7])("is that of @cai/kl from both models' logits, some rows at a time, at temperature %d", async (temperature) => {
    const trainer = await movedTrainer();
    const { policy, reference } = trainer.parts;
    const rollout = await trainer.generateResponses(tinyPrompts.slice(0, 3));
    const { mask, shape } = rollout.responses;
    const logits = await policy.logits!(policy.hiddenStates(rollout)).data<"float32">();
    const refLogits = await reference!.logits!(reference!.hiddenStates!(rollout)).data<"float32">();
    const { kl: expected } = fullKl({ logits, refLogits, shape: [...shape, policy.vocabSize], temperature });

    const before = tf.memory().numTensors;
    const kl = await evaluateExactKl({ policy, reference }, rollout, { temperature, rowsAtOnce: 2 });
    expect(tf.memory().numTensors).toBe(before);
    mask.forEach((valid, cell) => {
      // Log-probabilities are about −6 and right to 1e-6, which the weighted sum keeps.
      expect(Math.abs(kl[cell]! - valid * expected[cell]!), `cell ${cell}`).toBeLessThan(5e-6);
    });
    expect(Math.max(...kl)).toBeGreaterThan(1e-3);
    disposeTrainer(trainer);
  });

  test("is what the single tokens estimate: the mean of k1 over many draws", async () => {
    const trainer = await movedTrainer({ maxNewTokens: 1, minNewTokens: 1 });
    const rollout = await trainer.generateResponses(Array<string>(512).fill("Hello"));
    const { mask, shape } = rollout.responses;
    const [logprobs, refLogprobs, exactKl] = [
      await trainer.getLogprobs(rollout),
      await trainer.getReferenceLogprobs(rollout),
      await trainer.computeExactKl(rollout),
    ];
    const estimates = logprobs.map((logprob, i) => logprob - refLogprobs[i]!);
    const mean = estimates.reduce((sum, x) => sum + x, 0) / 512;
    const deviation = Math.sqrt(estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 511);
    expect([mask.length, shape[1]]).toEqual([512, 1]);
    expect(Math.abs(mean - exactKl[0]!)).toBeLessThan((4 * deviation) / Math.sqrt(512)); // four standard errors
    disposeTrainer(trainer);
  });
});

describe('PPO with klEstimator "full"', () => {
  test("penalises and logs the exact KL", async () => {
    const trainer = await movedTrainer({ klEstimator: "full", klCoef: 0.5 });
    const rollout = await trainer.generateResponses(tinyPrompts);
    const { mask, shape } = rollout.responses;
    const given = { logprobs: await trainer.getLogprobs(rollout), refLogprobs: await trainer.getReferenceLogprobs(rollout), mask, shape };
    const exactKl = await trainer.computeExactKl(rollout);
    const { nonScoreRewards, kl } = trainer.computeRewards({ ...given, exactKl, scores: new Float32Array(shape[0]) });
    expect(nonScoreRewards).toEqual(exactKl.map((nats) => 0 - 0.5 * nats));
    expect(kl.kl).toBe(exactKl);
    expect(() => trainer.computeKlDivergence(given)).toThrow('klEstimator is "full"; expected exactKl, as computeExactKl gives it');

    const { metrics } = await trainer.trainStep(tinyPrompts);
    expect(metrics["objective/kl"]).toBeCloseTo(kl.perSequence, 5); // the draws of the next step are those of generateResponses
    disposeTrainer(trainer);
  });

  test("is 0 before the first update, and never below", async () => {
    const trainer = await tinyTrainer({ klEstimator: "full", learningRate: 1e-2 });
    const [first, second] = [await trainer.trainStep(tinyPrompts), await trainer.trainStep(tinyPrompts)];
    expect(first.kl).toBe(0);
    expect(second.kl).toBeGreaterThan(0);
    disposeTrainer(trainer);
  });

  test("in the loss, and of models without logits, it is refused before anything is made", async () => {
    await expect(tinyTrainer({ klEstimator: "full", klPlacement: "loss" })).rejects.toThrow('klEstimator "full" acts in the reward only');
    const policy = await loadPolicy(tinyModel);
    const full = policy.createReference();
    const reference = { identity: full.identity, logprobs: full.logprobs.bind(full), dispose() {} };
    const create = PPOTrainer.create({ policy, rewardModel: lowIdReward, maxNewTokens: 4, klEstimator: "full", reference });
    await expect(create).rejects.toThrow(/^reference is an object with .*; expected .*, for klEstimator "full"/);
    full.dispose();
    policy.dispose();
  });
});
