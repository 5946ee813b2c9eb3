import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { policyDiagnostics } from "@cai/ppo-loss";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Experience, selectExperience } from "./experience.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { disposeTrainer, lowIdReward, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** What the trainer would train on, from the public methods alone. */
async function experienceOf(trainer: PPOTrainer): Promise<Experience> {
  const rollout = await trainer.generateResponses(tinyPrompts.slice(0, 4));
  const { mask, shape } = rollout.responses;
  const [scores, logprobs, refLogprobs, values] = await Promise.all([
    trainer.scoreResponses(rollout),
    trainer.getLogprobs(rollout),
    trainer.getReferenceLogprobs(rollout),
    trainer.computeValues(rollout),
  ]);
  const { rewards } = trainer.computeRewards({ scores, logprobs, refLogprobs, mask, shape });
  const { advantages, returns } = trainer.computeGae({ rewards, values, mask, shape });
  return { ...rollout, logprobs, refLogprobs, values, advantages, returns };
}

describe("the seams", () => {
  test.each([{}, { minibatchSize: 2 }, { microbatchSize: 1 }, { temperature: 0.7 }])(
    "the ratio is exactly 1 before the first update: %o",
    async (options) => {
      const trainer = await tinyTrainer({ ...options, epochs: 1, minibatchSize: 0, ...options });
      const experience = await experienceOf(trainer);
      const rows = trainer.hyperparameters.microbatchSize || trainer.hyperparameters.minibatchSize || 4;
      const first = selectExperience(
        experience,
        Array.from({ length: rows }, (_, row) => row),
      );
      const { logprobs: newLogprobs } = (await trainer.computePpoLoss(first)).numbers;
      const { mask } = first.responses;
      const { ratioMean, ratioVariance, approxKl } = policyDiagnostics({ ...first, newLogprobs, oldLogprobs: first.logprobs, mask });
      expect({ ratioMean, ratioVariance, approxKl }).toEqual({ ratioMean: 1, ratioVariance: 0, approxKl: 0 });
      disposeTrainer(trainer);
    },
  );

  test.each([1, 0.7])("behaviour and old log-probabilities agree to 1e-4 at temperature %d", async (temperature) => {
    const trainer = await tinyTrainer({ temperature });
    const { behaviourLogprobs, logprobs, responses } = await experienceOf(trainer);
    const errors = [...responses.mask].map((valid, i) => valid * Math.abs(Math.exp(logprobs[i]! - behaviourLogprobs[i]!) - 1));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
    disposeTrainer(trainer);
  });

  test("rewards come with the KL that they are made of, as computeKlDivergence gives it", async () => {
    const trainer = await tinyTrainer({ learningRate: 1e-2, klCoef: 0.5 });
    await trainer.trainStep(tinyPrompts);
    const { logprobs, refLogprobs, responses } = await experienceOf(trainer);
    const { mask, shape } = responses;
    const scores = new Float32Array(shape[0]);
    const { rewards, nonScoreRewards, kl } = trainer.computeRewards({ scores, logprobs, refLogprobs, mask, shape });
    expect(kl).toEqual(trainer.computeKlDivergence({ logprobs, refLogprobs, mask, shape }));
    expect(kl.perToken).not.toBe(0);
    for (const penalties of [rewards, nonScoreRewards]) expect(penalties).toEqual(kl.kl.map((nats) => 0 - 0.5 * nats));
    disposeTrainer(trainer);
  });

  test("the reference is the policy's start: KL 0 at first, above 0 once the policy has moved", async () => {
    const trainer = await tinyTrainer({ learningRate: 1e-2 });
    const [first, second] = [await trainer.trainStep(tinyPrompts), await trainer.trainStep(tinyPrompts)];
    expect(first.kl).toBe(0);
    expect(Math.abs(second.kl)).toBeGreaterThan(1e-3);
    disposeTrainer(trainer);
  });

  test("padding changes nothing: garbage behind the mask leaves every number as it is", async () => {
    const trainer = await tinyTrainer({ temperature: 1.3 });
    const experience = await experienceOf(trainer);
    const garbled = structuredClone(experience);
    experience.responses.mask.forEach((valid, i) => {
      if (valid === 1) return;
      garbled.responses.ids[i] = 17;
      for (const values of [garbled.logprobs, garbled.refLogprobs, garbled.values, garbled.advantages, garbled.returns]) values[i] = 99;
    });
    const totals = [await trainer.computePpoLoss(experience), await trainer.computePpoLoss(garbled)].map(({ total }) => total);
    expect(totals[1]).toBe(totals[0]);
    disposeTrainer(trainer);
  });
});

describe("a step", () => {
  test("returns losses, KL, rewards and the metrics under TRL's names", async () => {
    const trainer = await tinyTrainer();
    const result = await trainer.trainStep(tinyPrompts);
    const names = ["kl", "kl_per_token", "entropy", "scores", "rlhf_reward", "kl_coef"].map((name) => `objective/${name}`);
    names.push("policy/loss", "policy/approxkl", "policy/clipfrac", "policy/ratio", "val/loss", "val/clipfrac", "val/explained_variance");
    names.push("grad_norm", "lr", "tokens_per_second", "time/generate", "time/score", "time/reference", "time/train");
    for (const name of names) expect(result.metrics[name], name).toEqual(expect.any(Number));
    expect(Object.values(result.metrics).every(Number.isFinite)).toBe(true);
    expect(result).toMatchObject({ step: 1, policyLoss: result.metrics["policy/loss"], meanReward: result.metrics["objective/scores"] });
    expect(trainer.getStatistics()).toMatchObject({ steps: 1, latest: result.metrics });
    disposeTrainer(trainer);
  });

  test("leaves no tensor behind: as many after step 20 as after step 2", async () => {
    const trainer = await tinyTrainer({ epochs: 1, maxNewTokens: 3, minibatchSize: 2 });
    const counts: number[] = [];
    for (let step = 1; step <= 20; step++) {
      await trainer.trainStep(tinyPrompts.slice(0, 4));
      counts.push(tf.memory().numTensors);
    }
    expect(counts[19]).toBe(counts[1]);
    disposeTrainer(trainer);
  });

  test("a trainer and its policy give back every tensor when disposed of", async () => {
    const before = tf.memory().numTensors;
    const trainer = await tinyTrainer();
    await trainer.trainStep(tinyPrompts);
    disposeTrainer(trainer);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("two trainers in one process give what each gives alone", async () => {
    const rewards = async (...trainers: PPOTrainer[]) => {
      const results = trainers.map(() => [] as number[]);
      for (let step = 0; step < 3; step++)
        for (const [i, trainer] of trainers.entries()) results[i]!.push((await trainer.trainStep(tinyPrompts)).policyLoss);
      for (const trainer of trainers) disposeTrainer(trainer);
      return results;
    };
    const [alone] = await rewards(await tinyTrainer({ seed: 1 }));
    const [together, other] = await rewards(await tinyTrainer({ seed: 1 }), await tinyTrainer({ seed: 2 }));
    expect(together).toEqual(alone);
    expect(other).not.toEqual(alone);
  });

  test.each([
    [async () => Float32Array.of(1), "invalid-scores"],
    [async () => new Float32Array(8).fill(Number.NaN), "invalid-scores"],
  ])("a broken reward model is refused and nothing has changed", async (rewardModel, code) => {
    const trainer = await tinyTrainer({ rewardModel });
    const before = await trainer.getLogprobs(await trainer.generateResponses(tinyPrompts));
    await expect(trainer.trainStep(tinyPrompts)).rejects.toMatchObject({ code });
    expect(trainer.step).toBe(0);
    expect(await trainer.getLogprobs(await trainer.generateResponses(tinyPrompts))).toEqual(before);
    disposeTrainer(trainer);
  });

  test("a loss that is not finite is reported and never reaches the weights", async () => {
    const policy = await loadPolicy(tinyModel);
    const trainer = await PPOTrainer.create({
      policy,
      rewardModel: async () => new Float32Array(8).fill(3e38),
      batchSize: 8,
      maxNewTokens: 4,
    });
    const weight = [...policy.parameters.values()][0]!;
    const before = await weight.value.data();
    await expect(trainer.trainStep(tinyPrompts)).rejects.toMatchObject({
      code: "non-finite",
      message: expect.stringContaining("step 1, epoch 1"),
    });
    expect(await weight.value.data()).toEqual(before);
    disposeTrainer(trainer);
  });
});

describe("learning", () => {
  test("the tiny model learns the tiny reward in thirty steps", async () => {
    const trainer = await tinyTrainer({ batchSize: 16, learningRate: 3e-3, klCoef: 0.01, steps: 30, epochs: 4 });
    const before = await trainer.evaluate(tinyPrompts);
    await trainer.train(tinyPrompts);
    const after = await trainer.evaluate(tinyPrompts);
    expect(after.meanScore - before.meanScore).toBeGreaterThan(before.stdScore);
    disposeTrainer(trainer);
  });

  test("a reward model is one function or one object with a score method", async () => {
    const asFunction = await tinyTrainer({ rewardModel: lowIdReward });
    const asObject = await tinyTrainer({ rewardModel: { score: lowIdReward } });
    expect((await asFunction.trainStep(tinyPrompts)).meanReward).toBe((await asObject.trainStep(tinyPrompts)).meanReward);
    disposeTrainer(asFunction);
    disposeTrainer(asObject);
  });
});
