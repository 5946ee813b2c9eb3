import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { disposeTrainer, freshRunFolder, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

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
});
