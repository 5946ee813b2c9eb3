import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { beforeAll, describe, expect, test } from "vitest";
import { type AlgorithmName, algorithms } from "./algorithms.ts";
import { GRPOTrainer, type GRPOTrainerOptions } from "./grpo-trainer.ts";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { disposeTrainer, freshRunFolder, lowIdReward, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

const linesOf = (out: string) => readFileSync(join(out, "metrics.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line

/** A run of PPO that goes far, fast; the estimator of the KL gives no negative numbers. */
async function run(out: string, options: Partial<PPOTrainerOptions>, resume = false) {
  const trainer = await tinyTrainer({ klEstimator: "k3", learningRate: 1e-2, klCoef: 0, epochs: 1, steps: 4, ...options });
  try {
    return await trainer.train(tinyPrompts, { out, resume });
  } finally {
    disposeTrainer(trainer);
  }
}

describe("a run of PPO", () => {
  test("whose KL goes beyond maxKl stops after that step; with another limit it goes on to the end that it would have had", async () => {
    const [whole, out] = [await freshRunFolder(), await freshRunFolder()];
    await run(whole, {});
    const kls = linesOf(whole).map((line) => line["objective/kl_per_token"]);
    expect(kls[0]).toBe(0); // the reference is the policy's start
    const maxKl = kls[1] / 2;
    expect(maxKl).toBeGreaterThan(0);
    await expect(run(out, { maxKl })).rejects.toMatchObject({ code: "beyond-limit", message: expect.stringMatching(/^step 2: the KL/) });
    expect(readdirSync(join(out, "checkpoints")).toSorted()).toEqual(["latest", "step-000002"]);
    expect(existsSync(join(out, "final"))).toBe(false);
    await run(out, { maxKl: 0 }, true);
    const bytes = (folder: string) => readFileSync(join(folder, "final/model.safetensors"));
    expect(bytes(out).equals(bytes(whole))).toBe(true);
  });

  test("whose entropy falls below minEntropy stops: the mean of −log p over the drawn tokens, which is logged", async () => {
    const out = await freshRunFolder();
    await run(out, { steps: 1 });
    const [line] = linesOf(out);
    const entropy = line["objective/entropy_per_token"];
    expect(entropy).toBeGreaterThan(0);
    expect(entropy * line["tokens/response_mean"]).toBeCloseTo(line["objective/entropy"], 5);
    await run(await freshRunFolder(), { steps: 1, minEntropy: entropy });
    await expect(run(await freshRunFolder(), { steps: 1, minEntropy: entropy * 1.01 })).rejects.toMatchObject({ code: "beyond-limit" });
  });
});

describe("rewards without variance", () => {
  type Reward = GRPOTrainerOptions["rewardModel"];
  /** Lines that a person is told in three steps of two prompts each. */
  async function told(name: AlgorithmName, rewardModel: Reward, options: object = {}) {
    const policy = await loadPolicy(tinyModel);
    const given = { batchSize: 2, maxNewTokens: 4, steps: 3, equalRewardSteps: 2, ...options };
    const trainer = await algorithms[name].create({ policy, rewardModel, ...given });
    const notices: string[] = [];
    await trainer.train(tinyPrompts, { callbacks: { onNotice: (line: string) => void notices.push(line) } });
    trainer.dispose();
    policy.dispose();
    return notices;
  }
  const once = [expect.stringMatching(/^in 2 steps in a row no score differed from those that it is compared with/)];
  const equal: Reward = ({ responses }) => responses.map(() => 0.3);
  const byPrompt: Reward = ({ prompts }) => prompts.map((prompt) => prompt.length);
  const byRow: Reward = ({ responses }) => responses.map((_, row) => row);

  test.each(["ppo", "reinforce++"] as const)("are told once with %s, of all scores of the batch", async (name) => {
    expect(await told(name, equal)).toEqual(once);
    expect(await told(name, byRow)).toEqual([]);
    expect(await told(name, equal, { equalRewardSteps: 0 })).toEqual([]);
  });

  test("are told once with groups, of the answers to each prompt", async () => {
    expect(await told("grpo", byPrompt, { numGenerations: 2 })).toEqual(once);
    expect(await told("grpo", byRow, { numGenerations: 2 })).toEqual([]);
  });
});

describe("of groups", () => {
  const small = { batchSize: 2, numGenerations: 2, maxNewTokens: 6, rewardModel: lowIdReward };

  test("the passes over a batch end where the policy has gone further than maxApproxKl", async () => {
    const updates = [];
    for (const maxApproxKl of [0, 1e-4]) {
      const trainer = await GRPOTrainer.create({ policy: await loadPolicy(tinyModel), ...small, numIterations: 8, learningRate: 3e-2, maxApproxKl }); // biome-ignore format: a line
      updates.push((await trainer.trainStep(tinyPrompts.slice(0, 2))).metrics["policy/updates"]!);
      trainer.dispose();
      trainer.parts.policy.dispose();
    }
    expect(updates[0]).toBe(8);
    expect(updates[1]).toBeLessThan(8);
  });

  test("maxKl without a reference is refused, since there is no KL", async () => {
    await expect(GRPOTrainer.create({ policy: await loadPolicy(tinyModel), ...small, maxKl: 1 })).rejects.toThrow(
      "maxKl is 1, and beta 0: no KL is measured without a reference; give beta a number above 0",
    );
  });
});
