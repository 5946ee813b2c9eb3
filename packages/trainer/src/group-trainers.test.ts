import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { GRPOTrainer, type GRPOTrainerOptions } from "./grpo-trainer.ts";
import { ReinforcePlusPlusTrainer, type ReinforcePlusPlusTrainerOptions } from "./reinforce-plus-plus-trainer.ts";
import { RLOOTrainer, type RLOOTrainerOptions } from "./rloo-trainer.ts";
import { freshRunFolder, lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

const small = { batchSize: 2, numGenerations: 4, maxNewTokens: 6, learningRate: 1e-3, rewardModel: lowIdReward };
type Options = Partial<GRPOTrainerOptions & RLOOTrainerOptions & ReinforcePlusPlusTrainerOptions>;
const kinds = {
  GRPO: async (options: Options = {}) => GRPOTrainer.create({ policy: await loadPolicy(tinyModel), ...small, ...options }),
  RLOO: async (options: Options = {}) => RLOOTrainer.create({ policy: await loadPolicy(tinyModel), ...small, ...options }),
  "REINFORCE++": async (options: Options = {}) =>
    ReinforcePlusPlusTrainer.create({ policy: await loadPolicy(tinyModel), ...small, ...options }),
};
const disposed = (trainer: GRPOTrainer | RLOOTrainer | ReinforcePlusPlusTrainer) => {
  trainer.dispose();
  trainer.parts.policy.dispose();
};

describe.each(["GRPO", "RLOO", "REINFORCE++"] as const)("%s", (kind) => {
  test("before the first update the ratio is 1, nothing is clipped and the KL is 0", async () => {
    const trainer = await kinds[kind]({ beta: 0.1 });
    const { metrics, tokens } = await trainer.trainStep(tinyPrompts.slice(0, 2));
    expect(metrics).toMatchObject({ "policy/ratio": 1, "policy/approxkl": 0, "clip_ratio/region_mean": 0, kl: 0, "policy/updates": 1 });
    for (const name of [
      "reward",
      "reward_std",
      "frac_reward_zero_std",
      "completions/mean_length",
      "completions/clipped_ratio",
      "grad_norm",
    ])
      expect(metrics[name], name).toEqual(expect.any(Number));
    expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
    expect(metrics["completions/mean_length"]).toBe(tokens / 8);
    disposed(trainer);
  });

  test("chunks of any size lead to the same first update", async () => {
    const norms = [];
    for (const sizes of [{}, { microbatchSize: 2 }]) {
      const trainer = await kinds[kind](sizes);
      norms.push((await trainer.trainStep(tinyPrompts.slice(0, 2))).metrics.grad_norm!);
      disposed(trainer);
    }
    expect(norms[1]).toBeCloseTo(norms[0]!, 5);
  });

  test("interrupted and taken up again, it ends with the same bytes", async () => {
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    const run = async (out: string, steps: number, resume = false) => {
      const trainer = await kinds[kind]({ numIterations: 2, minibatchSize: 4, rewardScaling: "normalize" });
      await trainer.train(tinyPrompts, { out, steps, resume });
      disposed(trainer);
    };
    await run(whole, 3);
    await run(cut, 1);
    await run(cut, 3, true);
    const bytes = (out: string) => readFileSync(join(out, "final/model.safetensors"));
    expect(bytes(cut).equals(bytes(whole))).toBe(true);
  });

  test("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const trainer = await kinds[kind]({ maskTruncated: true, redrawEqualGroups: 1 });
    await trainer.trainStep(tinyPrompts.slice(0, 2));
    const after = tf.memory().numTensors;
    await trainer.trainStep(tinyPrompts.slice(0, 2));
    expect(tf.memory().numTensors).toBe(after);
    disposed(trainer);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("learns the tiny reward", async () => {
    const trainer = await kinds[kind]({ batchSize: 4, learningRate: 3e-3, steps: 30, numGenerations: 4 });
    const before = await trainer.evaluate(tinyPrompts);
    await trainer.train(tinyPrompts);
    const after = await trainer.evaluate(tinyPrompts);
    expect(after.meanScore - before.meanScore).toBeGreaterThan(before.stdScore);
    disposed(trainer);
  });

  test("what it can't take is refused at creation, by name", async () => {
    await expect(kinds[kind]({ numgenerations: 4 } as Options)).rejects.toThrow(
      "unknown option numgenerations: did you mean numGenerations?",
    );
    await expect(kinds[kind]({ weightDecay: 1e3 })).rejects.toThrow(
      "weightDecay 1000 times the learning rate 0.001 is 1; expected less than 1",
    );
    await expect(kinds[kind]({ minibatchSize: 3 })).rejects.toThrow("batchSize 8 is not a multiple of minibatchSize 3");
  });
});

test.each(["GRPO", "RLOO"] as const)("%s has nothing to compare a single answer with", async (kind) => {
  await expect(kinds[kind]({ numGenerations: 1 })).rejects.toThrow("numGenerations is 1; expected at least 2");
});

test("GRPO takes no ratios of answers for CISPO, whose ratios are of tokens", async () => {
  await expect(kinds.GRPO({ lossType: "cispo", importanceLevel: "sequence" })).rejects.toThrow("expected token with lossType cispo");
});

test("GRPO without a β has no reference, and its step's loss is 0 with equal scores", async () => {
  const trainer = await kinds.GRPO({ rewardModel: ({ responses }) => responses.map(() => 1) });
  expect(trainer.parts.reference).toBeUndefined();
  const { metrics } = await trainer.trainStep(tinyPrompts.slice(0, 2));
  expect(metrics).toMatchObject({ loss: 0, frac_reward_zero_std: 1, grad_norm: 0 });
  await expect(trainer.getReferenceLogprobs(await trainer.generateResponses(["A"]))).rejects.toThrow("this trainer has no reference");
  disposed(trainer);
});

test.each(["grpo", "dapo", "dr_grpo", "bnpo", "cispo"] as const)("loss type %s makes a finite step", async (lossType) => {
  const trainer = await kinds.GRPO({ lossType, entropyCoef: 0.01, beta: 0.1, numIterations: 2 });
  const { metrics } = await trainer.trainStep(tinyPrompts.slice(0, 2));
  expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
  disposed(trainer);
});
