import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { addLora, loadPolicy } from "@cai/policy";
import { onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { GRPOTrainer } from "./grpo-trainer.ts";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { disposeTrainer, freshRunFolder, lowIdReward, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

// Everything that a checkpoint has to carry is switched on.
const everything: Partial<PPOTrainerOptions> = {
  klController: "adaptive",
  rewardScaling: "normalize",
  epochs: 1,
  minibatchSize: 2,
  weightDecay: 0.01,
  steps: 3,
  checkpointEvery: 2,
};

async function run(out: string, { resume = false } = {}) {
  const trainer = await tinyTrainer(everything);
  try {
    return (await trainer.train(tinyPrompts, { out, resume })).steps;
  } finally {
    disposeTrainer(trainer);
  }
}

const finalWeights = (out: string) => readFileSync(join(out, "final/model.safetensors"));
const compared = ["objective/scores", "objective/kl", "policy/loss", "val/loss", "grad_norm"];

await onWebGpu(() => {
  // A step takes seconds on a software device.
  test("three steps of PPO give the numbers of plain JavaScript, a run that goes on ends with the same bytes, and no tensor stays", async () => {
    const [whole, stopped] = [await freshRunFolder(), await freshRunFolder()];
    const before = tf.memory().numTensors;
    const onDevice = await run(whole);
    expect(tf.memory().numTensors).toBe(before);
    expect(JSON.parse(readFileSync(join(whole, "config.json"), "utf8"))).toMatchObject({ versions: { backend: "webgpu" } });

    const trainer = await tinyTrainer(everything);
    for await (const { step } of trainer.steps(tinyPrompts, { out: stopped })) if (step === 2) break;
    disposeTrainer(trainer);
    await run(stopped, { resume: true });
    expect(finalWeights(stopped).equals(finalWeights(whole))).toBe(true);

    await prepareBackend({ prefer: "cpu" });
    const inJs = await run(await freshRunFolder());
    await prepareBackend({ prefer: "webgpu" });
    expect(onDevice).toHaveLength(3);
    for (const [index, { step, metrics }] of onDevice.entries())
      for (const name of compared) expect(metrics[name]!, `${name} of step ${step}`).toBeCloseTo(inJs[index]!.metrics[name]!, 3);
  }, 600_000);

  /** The metrics of a trainer's two steps, in plain JavaScript and on WebGPU. */
  async function expectAlike(names: readonly string[], run: () => Promise<Readonly<Record<string, number>>[]>): Promise<void> {
    await prepareBackend({ prefer: "cpu" });
    const inJs = await run();
    await prepareBackend({ prefer: "webgpu" });
    const onDevice = await run();
    expect(onDevice).toHaveLength(2);
    for (const [index, metrics] of onDevice.entries())
      for (const name of names) expect(metrics[name]!, `${name} of step ${index + 1}`).toBeCloseTo(inJs[index]![name]!, 3);
  }

  test("an adapter trains as in plain JavaScript, by the exact KL", async () => {
    await expectAlike(["objective/kl", "policy/loss", "grad_norm"], async () => {
      const policy = addLora(await loadPolicy(tinyModel), { rank: 2 });
      const trainer = await tinyTrainer({ policy, steps: 2, epochs: 1, maxNewTokens: 3, klEstimator: "full" });
      const metrics: Record<string, number>[] = [];
      for await (const step of trainer.steps(tinyPrompts)) metrics.push(step.metrics);
      disposeTrainer(trainer);
      return metrics;
    });
  }, 300_000);

  test("GRPO with tokens drawn from the likeliest few trains as in plain JavaScript", async () => {
    await expectAlike(["loss", "policy/ratio", "grad_norm", "completions/mean_length"], async () => {
      const policy = await loadPolicy(tinyModel);
      const options = { batchSize: 4, numGenerations: 2, maxNewTokens: 3, topK: 20, steps: 2, learningRate: 1e-3 };
      const trainer = await GRPOTrainer.create({ policy, rewardModel: lowIdReward, ...options });
      const metrics: Record<string, number>[] = [];
      for await (const step of trainer.steps(tinyPrompts)) metrics.push(step.metrics);
      trainer.dispose();
      policy.dispose();
      return metrics;
    });
  }, 300_000);
});
