import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { DPOTrainer } from "./dpo-trainer.ts";
import { RewardTrainer } from "./reward-trainer.ts";
import { freshRunFolder, tinyPairs } from "./tiny-pairs.fixture.ts";

beforeAll(() => prepareBackend());

const settings = { batchSize: 3, microbatchSize: 1, learningRate: 1e-3, steps: 4, checkpointEvery: 1, checkpointKeep: 9 };

/** Four steps of a trainer, of which the second gets NaN out of the policy. */
const kinds = {
  DPO: async (out: string) => {
    const policy = await loadPolicy(tinyGpt2);
    const trainer = await DPOTrainer.create({ policy, ...settings });
    const { tokenLogprobs } = policy;
    policy.tokenLogprobs = (...given) => {
      const read = tokenLogprobs.apply(policy, given);
      return trainer.step === 1 ? { ...read, logprobs: tf.mul(read.logprobs, Number.NaN) } : read;
    };
    return trained(trainer, policy, out);
  },
  "reward training": async (out: string) => {
    const policy = await loadPolicy(tinyGpt2);
    const trainer = await RewardTrainer.create({ policy, ...settings });
    const { lastHiddenStates } = policy;
    policy.lastHiddenStates = (batch) => {
      const hidden = lastHiddenStates.call(policy, batch);
      return trainer.step === 1 ? tf.mul(hidden, Number.NaN) : hidden;
    };
    return trained(trainer, policy, out);
  },
};

async function trained(trainer: DPOTrainer | RewardTrainer, policy: CausalPolicy, out: string): Promise<string[]> {
  const notices: string[] = [];
  await trainer.train(tinyPairs, { out, callbacks: { onNotice: (line: string) => void notices.push(line) } });
  trainer.dispose();
  policy.dispose();
  return notices;
}

describe.each(Object.entries(kinds))("a step of %s whose loss is NaN", (kind, run) => {
  test("leaves weights and moments as they were; its pairs are kept, and the run goes on", async () => {
    const out = await freshRunFolder();
    expect(await run(out)).toEqual([expect.stringMatching(/^step 2: the loss is NaN; the step is not applied, /)]);
    const read = (name: string) => readFileSync(join(out, name));
    const files = ["policy.safetensors", "optimizer-0.safetensors", ...(kind === "DPO" ? [] : ["score.safetensors"])];
    for (const name of files) {
      expect(read(`checkpoints/step-000002/${name}`).equals(read(`checkpoints/step-000001/${name}`)), name).toBe(true);
      expect(read(`checkpoints/step-000003/${name}`).equals(read(`checkpoints/step-000002/${name}`)), name).toBe(false);
    }
    const linesOf = (name: string) => String(read(name)).trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line
    expect(linesOf("metrics.jsonl").map(({ failed = 0 }) => failed)).toEqual([0, 1, 0, 0]);
    // A sample without a score is none.
    const samples = linesOf("samples.jsonl");
    expect(new Set(samples.map(({ step }) => step))).toEqual(new Set([1, 3, 4]));
    expect(samples.every(({ score }) => Number.isFinite(score))).toBe(true);
    const rows = linesOf("failed-step/batch.jsonl");
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const texts = [row.prompt + row.chosen, row.prompt + row.rejected];
      expect(tinyPairs.some(({ chosen, rejected }) => texts[0].includes(chosen) && texts[1].includes(rejected))).toBe(true);
      const numbers = kind === "DPO" ? [row.logps.chosen, row.logps.rejected] : [row.scores.chosen, row.scores.rejected];
      expect(numbers).toEqual(["NaN", "NaN"]);
    }
  });
});
