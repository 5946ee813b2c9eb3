import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { readCheckpoint } from "@cai/checkpoint";
import { addLora, type CausalPolicy, loadLora, loadPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { OnPolicyRunOptions } from "./on-policy-run.ts";
import type { StepResult } from "./ppo-step-result.ts";
import type { PPOTrainer } from "./ppo-trainer.ts";
import { disposeTrainer, freshRunFolder, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

const backends = ["cpu", (await prepareBackend()).name].filter((name, i, all) => all.indexOf(name) === i);

async function adaptedPolicy(options: Partial<Parameters<typeof addLora>[1]> = {}): Promise<CausalPolicy> {
  const base = await loadPolicy(tinyModel);
  try {
    return addLora(base, { rank: 2, ...options });
  } finally {
    base.dispose();
  }
}

const settings = { learningRate: 3e-3, weightDecay: 0.01, minibatchSize: 2, steps: 4, checkpointEvery: 2 };
const adaptedTrainer = async (policy?: CausalPolicy, seed = 0): Promise<PPOTrainer> =>
  tinyTrainer({ ...settings, seed, policy: policy ?? (await adaptedPolicy()) });

async function run(out: string, options: OnPolicyRunOptions<StepResult> = {}, policy?: CausalPolicy): Promise<void> {
  const trainer = await adaptedTrainer(policy);
  try {
    await trainer.train(tinyPrompts, { out, ...options });
  } finally {
    disposeTrainer(trainer);
  }
}

const bytesOf = (out: string, file: string) => readFileSync(join(out, "final", file));

describe.each(backends)("a policy with an adapter, on %s", (backend) => {
  test("is trained alone: checkpoints hold the adapter, and a run that was interrupted ends with the same bytes", async () => {
    await tf.setBackend(backend);
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    await run(whole);
    const adapter = await adaptedPolicy();
    const checkpoint = await readCheckpoint(join(whole, "checkpoints/step-000002"));
    const inFile = async (name: string) => {
      const file = await checkpoint.openTensors(name);
      await file.close();
      return [...file.names].sort();
    };
    const names = [...adapter.parameters.keys()];
    adapter.dispose();
    expect(await inFile("policy.safetensors")).toEqual(names.toSorted());
    expect(await inFile("optimizer-0.safetensors")).toHaveLength(2 * names.length);
    expect(await inFile("optimizer-1.safetensors")).toHaveLength(2 * 2); // the value head's

    const controller = new AbortController();
    const callbacks = { onStep: ({ step }: { step: number }) => void (step === 3 && controller.abort(new Error("stopped by the test"))) };
    await expect(run(cut, { signal: controller.signal, callbacks })).rejects.toThrow("stopped by the test");
    await run(cut, { resume: true });
    expect(readdirSync(join(cut, "final")).toSorted()).toEqual(["adapter_config.json", "adapter_model.safetensors", "merged"]);
    for (const file of ["adapter_config.json", "adapter_model.safetensors", "merged/model.safetensors"])
      expect(bytesOf(cut, file).equals(bytesOf(whole, file)), file).toBe(true);
  });

  test("has moved away from its base, which is its reference still", async () => {
    await tf.setBackend(backend);
    const base = await loadPolicy(tinyModel);
    const trainer = await adaptedTrainer(addLora(base, { rank: 2 }));
    const rollout = await trainer.generateResponses(tinyPrompts);
    const start = await trainer.getLogprobs(rollout);
    expect(await trainer.getReferenceLogprobs(rollout)).toEqual(start);
    for (let step = 0; step < 2; step++) await trainer.trainStep(tinyPrompts);
    expect(await trainer.getReferenceLogprobs(rollout)).toEqual(start);
    expect(await trainer.getLogprobs(rollout)).not.toEqual(start);
    disposeTrainer(trainer);
    base.dispose();
  });

  test("leaves no tensor behind: as many after step 6 as after step 2, and none when disposed of", async () => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const trainer = await adaptedTrainer();
    const counts: number[] = [];
    for (let step = 0; step < 6; step++) {
      await trainer.trainStep(tinyPrompts.slice(0, 4));
      counts.push(tf.memory().numTensors);
    }
    expect(counts[5]).toBe(counts[1]);
    disposeTrainer(trainer);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("gives beside another one on the same base, and beside the base in training, what it gives alone", async () => {
    await tf.setBackend(backend);
    const losses = async (...trainers: PPOTrainer[]) => {
      const results = trainers.map(() => [] as number[]);
      for (let step = 0; step < 3; step++)
        for (const [i, trainer] of trainers.entries()) results[i]!.push((await trainer.trainStep(tinyPrompts)).policyLoss);
      for (const trainer of trainers) disposeTrainer(trainer);
      return results;
    };
    const [alone] = await losses(await adaptedTrainer(undefined, 1));
    const base = await loadPolicy(tinyModel);
    const shared = [addLora(base, { rank: 2 }), addLora(base, { rank: 2, seed: 5 }), base];
    const [together, other, whole] = await losses(...(await Promise.all(shared.map((policy) => adaptedTrainer(policy, 1)))));
    expect(together).toEqual(alone);
    expect(other).not.toEqual(alone);
    expect(whole).not.toEqual(alone);
  });
});

test("a run is not resumed with an adapter of another scale, nor without one", async () => {
  await tf.setBackend("cpu");
  const out = await freshRunFolder();
  await run(out);
  await expect(run(out, { resume: true }, await adaptedPolicy({ alpha: 3 }))).rejects.toMatchObject({
    code: "checkpoint-mismatch",
    message: expect.stringMatching(/whose policy is .* with LoRA of rank 2, alpha 4, .*this one's is .* alpha 3/),
  });
  await expect(run(out, { resume: true }, await loadPolicy(tinyModel))).rejects.toMatchObject({ code: "checkpoint-mismatch" });
});

test("what a run leaves is the adapter that it trained", async () => {
  await tf.setBackend("cpu");
  const out = await freshRunFolder();
  const trainer = await adaptedTrainer();
  await trainer.train(tinyPrompts, { out });
  const base = await loadPolicy(tinyModel);
  const policy = await loadLora(base, join(out, "final"));
  const numbers = (parameters: CausalPolicy["parameters"]) => [...parameters].map(([name, { value }]) => [name, [...value.dataSync()]]);
  expect(numbers(policy.parameters)).toEqual(numbers(trainer.parts.policy.parameters));
  disposeTrainer(trainer);
  for (const one of [base, policy]) one.dispose();
});
