import { readdirSync, readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type AlgorithmName, algorithms } from "./algorithms.ts";
import type { OnPolicyRunOptions } from "./on-policy-run.ts";
import type { StepResult } from "./ppo-step-result.ts";
import { breakingPolicy, disposeTrainer, freshRunFolder, lowIdReward, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** Everything that moves beside the weights is switched on. A step makes two updates. */
const everything = {
  klController: "adaptive",
  klHorizon: 50,
  rewardScaling: "normalize",
  valueLearningRate: 1e-2,
  weightDecay: 0.01,
  epochs: 2,
  steps: 4,
  checkpointEvery: 1,
  checkpointKeep: 9,
} as const;

/** A run of PPO in which passes break. */
async function run(
  out: string,
  breaks: (step: number, pass: number) => boolean,
  options: OnPolicyRunOptions<StepResult> & { readonly maxFailedSteps?: number } = {},
) {
  const { maxFailedSteps = 3, ...how } = options;
  const trainer = await tinyTrainer({ policy: await breakingPolicy(breaks), ...everything, maxFailedSteps });
  const notices: string[] = [];
  try {
    await trainer.train(tinyPrompts, { out, callbacks: { onNotice: (line) => void notices.push(line) }, ...how });
    return notices;
  } finally {
    disposeTrainer(trainer);
  }
}

const tensorFiles = ["policy.safetensors", "value.safetensors", "optimizer-0.safetensors", "optimizer-1.safetensors"];
const checkpointOf = (out: string, step: number) => {
  const folder = join(out, `checkpoints/step-00000${step}`);
  const tensors = tensorFiles.map((name) => readFileSync(join(folder, name)));
  return { state: JSON.parse(readFileSync(join(folder, "state.json"), "utf8")), tensors };
};
const linesOf = (out: string, name = "metrics.jsonl") => readFileSync(join(out, name), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line
/** What a run logged, but for times. */
const logged = (out: string) =>
  linesOf(out).map((line) => Object.fromEntries(Object.entries(line).filter(([name]) => !/^time|per_second/.test(name))));

describe("a step of PPO whose first update is not finite", () => {
  // One pass serves the old log-probabilities and the first epoch; the second one makes the second update.
  const breaks = (step: number, pass: number) => step === 2 && pass === 1;

  test("leaves weights, moments, their counts, β and the moments of scores as they were, byte for byte", async () => {
    const out = await freshRunFolder();
    const notices = await run(out, breaks);
    const [before, after] = [checkpointOf(out, 1), checkpointOf(out, 2)];
    expect(after.tensors.map((bytes, index) => bytes.equals(before.tensors[index]!))).toEqual([true, true, true, true]);
    expect(after.state.optimizerSteps).toEqual(before.state.optimizerSteps);
    const { statistics: _, ...rest } = after.state.stage;
    expect({ ...before.state.stage, ...rest }).toEqual(before.state.stage);
    expect(after.state.stage.statistics.steps).toBe(2);
    expect(notices).toEqual([expect.stringMatching(/^step 2, epoch 1: the loss is NaN; the step is not applied, and the weights stay/)]);
    expect(linesOf(out).map(({ failed = 0 }) => failed)).toEqual([0, 1, 0, 0]);
    expect(linesOf(out)[1]).toMatchObject({ "objective/scores": expect.any(Number), "policy/updates": 0 });
  });

  test("keeps what it would have learned from", async () => {
    const out = await freshRunFolder();
    await run(out, breaks);
    const rows = linesOf(out, "failed-step/batch.jsonl");
    expect(rows).toHaveLength(4);
    const samples = linesOf(out, "samples.jsonl").filter(({ step }) => step === 2);
    rows.forEach((row, index) => {
      expect(row).toMatchObject(samples[index]);
      const { ids, mask, rewards, logprobs, refLogprobs, behaviourLogprobs, values, advantages, returns } = row;
      for (const list of [mask, rewards, logprobs, refLogprobs, behaviourLogprobs, values, advantages, returns])
        expect(list).toHaveLength(ids.length);
      expect(logprobs[0]).toBe("NaN");
      expect(refLogprobs[0]).toBeLessThan(0);
    });
    const failure = JSON.parse(readFileSync(join(out, "failed-step/failure.json"), "utf8"));
    expect(failure).toMatchObject({ step: 2, where: "step 2, epoch 1", loss: "NaN", updatesBefore: 0 });
    expect(Object.values(failure.gradientNorms)).toContain("NaN");
  });
});

describe("a step of PPO whose second update is not finite", () => {
  const breaks = (step: number, pass: number) => step === 2 && pass === 2;

  test("keeps the first one, and nothing else of the step", async () => {
    const [out, one] = [await freshRunFolder(), await freshRunFolder()];
    const notices = await run(out, breaks);
    const [before, after] = [checkpointOf(out, 1), checkpointOf(out, 2)];
    expect(after.state.optimizerSteps).toEqual(before.state.optimizerSteps.map((count: number) => count + 1));
    for (const name of ["klController", "klCoef", "scoreMoments"]) expect(after.state.stage[name], name).toEqual(before.state.stage[name]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^step 2, epoch 2: the loss is NaN; this update and those after it in the step are not applied, the one before it stays/,
      ),
    ]);
    expect(linesOf(out)[1]).toMatchObject({ failed: 1, "policy/updates": 1 });

    // A step that is meant to have one epoch moves the weights to the same bytes.
    await cp(out, one, { recursive: true });
    for (const step of [2, 3, 4]) await rm(join(one, `checkpoints/step-00000${step}`), { recursive: true });
    await writeFile(join(one, "checkpoints/latest"), "step-000001\n");
    const trainer = await tinyTrainer({ ...everything, epochs: 1, steps: 2 });
    await trainer.train(tinyPrompts, { out: one, resume: true, allowChanges: true });
    disposeTrainer(trainer);
    expect(checkpointOf(one, 2).tensors.map((bytes, index) => bytes.equals(after.tensors[index]!))).toEqual([true, true, true, true]);
  });

  test.each([1, 2, 3])("a run that was stopped after step %d ends with the same bytes as one that never was", async (last) => {
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    await run(whole, breaks);
    const abort = new AbortController();
    const callbacks = { onNotice() {}, onStep: ({ step }: { step: number }) => void (step === last && abort.abort(new Error("stopped"))) };
    await expect(run(cut, breaks, { signal: abort.signal, callbacks })).rejects.toThrow("stopped");
    await run(cut, breaks, { resume: true });
    expect(logged(cut)).toEqual(logged(whole));
    for (const name of ["final/model.safetensors", "samples.jsonl", "failed-step/failure.json", "failed-step/batch.jsonl"])
      expect(readFileSync(join(cut, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
    const [last4, whole4] = [checkpointOf(cut, 4), checkpointOf(whole, 4)];
    expect(last4.tensors.map((bytes, index) => bytes.equals(whole4.tensors[index]!))).toEqual([true, true, true, true]);
  });
});

test("after failed steps in a row the run stops with a checkpoint, and goes on from there once they no longer fail", async () => {
  const out = await freshRunFolder();
  await expect(run(out, (step) => step > 1, { maxFailedSteps: 2 })).rejects.toMatchObject({ code: "non-finite" });
  expect(readdirSync(join(out, "checkpoints")).toSorted()).toEqual(["latest", "step-000001", "step-000002", "step-000003"]);
  await run(out, () => false, { resume: true });
  expect(linesOf(out).map(({ step, failed = 0 }) => [step, failed])).toEqual([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 0],
  ]);
});

test.each(Object.keys(algorithms) as AlgorithmName[])(
  "a step of %s by itself fails with an error, and leaves all as it was",
  async (name) => {
    const policy = await breakingPolicy((step) => step === 2);
    const groups = name === "ppo" ? {} : { numGenerations: 2, beta: 0.1 };
    const given = { batchSize: 2, maxNewTokens: 6, learningRate: 1e-3, rewardScaling: "normalize", ...groups } as const;
    const trainer = await algorithms[name].create({ policy, rewardModel: lowIdReward, ...given });
    await trainer.trainStep(tinyPrompts.slice(0, 2));
    const [before, after] = [await freshRunFolder(), await freshRunFolder()];
    await trainer.saveCheckpoint(join(before, "step-000001"));
    const tensors = tf.memory().numTensors;
    await expect(trainer.trainStep(tinyPrompts.slice(2, 4))).rejects.toMatchObject({
      code: "non-finite",
      message: expect.stringContaining("step 2, epoch 1: the loss is NaN; the step is not applied, and the weights stay as they were"),
    });
    expect(tf.memory().numTensors).toBe(tensors);
    await trainer.saveCheckpoint(join(after, "step-000001"));
    const files = readdirSync(join(before, "step-000001"));
    expect(files).toContain("state.json");
    for (const file of files)
      expect(readFileSync(join(after, "step-000001", file)).equals(readFileSync(join(before, "step-000001", file))), file).toBe(true);
    trainer.dispose();
    policy.dispose();
  },
);
