import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { OnPolicyRunOptions } from "./on-policy-run.ts";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import type { StepResult } from "./ppo-step-result.ts";
import { disposeTrainer, freshRunFolder, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

// Everything that a checkpoint has to carry is switched on.
const everything: Partial<PPOTrainerOptions> = {
  klController: "adaptive",
  klHorizon: 50,
  rewardScaling: "normalize",
  minibatchSize: 2,
  weightDecay: 0.01,
  valueLearningRate: 1e-2,
  schedule: "cosine",
  steps: 5,
  checkpointEvery: 2,
};

async function run(out: string, options: Partial<PPOTrainerOptions> = {}, runOptions: OnPolicyRunOptions<StepResult> = {}) {
  const trainer = await tinyTrainer({ ...everything, ...options });
  try {
    return await trainer.train(tinyPrompts, { out, ...runOptions });
  } finally {
    disposeTrainer(trainer);
  }
}

const finalBytes = (out: string) => readFileSync(join(out, "final/model.safetensors"));
const metricLines = (out: string) =>
  readFileSync(join(out, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { step, ...metrics } = JSON.parse(line);
      return { step, kl: metrics["objective/kl"], loss: metrics["policy/loss"], lr: metrics.lr };
    });

const backends = ["cpu", (await prepareBackend()).name].filter((name, i, all) => all.indexOf(name) === i);

describe.each(backends)("a run's folder, on %s", (backend) => {
  test("holds configuration, metrics, samples, events, checkpoints and the final policy", async () => {
    await tf.setBackend(backend);
    const out = await freshRunFolder();
    const history = await run(out);
    expect(readdirSync(out).toSorted()).toEqual(["checkpoints", "config.json", "final", "metrics.jsonl", "samples.jsonl", "tensorboard"]);
    expect(readdirSync(join(out, "checkpoints")).toSorted()).toEqual(["latest", "step-000002", "step-000004", "step-000005"]);
    expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8"))).toMatchObject({
      seed: 0,
      steps: 5,
      klController: "adaptive",
      versions: { backend },
    });
    expect(metricLines(out).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(history.final).toBe(join(out, "final"));
  });

  test("a run that was interrupted ends with the same bytes as one that never was", async () => {
    await tf.setBackend(backend);
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    await run(whole);

    const controller = new AbortController();
    const callbacks = { onStep: ({ step }: { step: number }) => void (step === 3 && controller.abort(new Error("stopped by the test"))) };
    await expect(run(cut, {}, { signal: controller.signal, callbacks })).rejects.toThrow("stopped by the test");
    expect(existsSync(join(cut, "final"))).toBe(false);
    expect(readFileSync(join(cut, "checkpoints/latest"), "utf8").trim()).toBe("step-000003");
    const history = await run(cut, {}, { resume: true });
    expect(history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(metricLines(cut)).toEqual(metricLines(whole));
    expect(finalBytes(cut).equals(finalBytes(whole))).toBe(true);
  });

  test("killed between checkpoints, it goes back to the newest one and ends with the same bytes", async () => {
    await tf.setBackend(backend);
    const [whole, killed] = [await freshRunFolder(), await freshRunFolder()];
    await run(whole);
    await cp(whole, killed, { recursive: true });
    await rm(join(killed, "checkpoints/step-000005"), { recursive: true });
    await rm(join(killed, "final"), { recursive: true });
    await writeFile(join(killed, "checkpoints/latest"), "step-000004\n");
    await run(killed, {}, { resume: true });
    expect(metricLines(killed)).toEqual(metricLines(whole));
    expect(finalBytes(killed).equals(finalBytes(whole))).toBe(true);
  });
});

describe("what is refused", () => {
  test("a folder that holds a run, without resume", async () => {
    await tf.setBackend("cpu");
    const out = await freshRunFolder();
    await run(out, { steps: 1 });
    const before = readFileSync(join(out, "metrics.jsonl"), "utf8");
    await expect(run(out, { steps: 1 })).rejects.toMatchObject({ code: "run-exists" });
    expect(readFileSync(join(out, "metrics.jsonl"), "utf8")).toBe(before);
  });

  test("bad prompts, before anything is written", async () => {
    const out = await freshRunFolder();
    const trainer = await tinyTrainer();
    for (const prompts of [[], [""], ["word ".repeat(200)], [Int32Array.of(512)]])
      await expect(trainer.train(prompts, { out })).rejects.toMatchObject({ code: "invalid-prompts" });
    expect(existsSync(out)).toBe(false);
    disposeTrainer(trainer);
  });

  test("a broken reward model, before anything is written", async () => {
    const out = await freshRunFolder();
    await expect(run(out, { rewardModel: async () => Float32Array.of(Number.NaN) })).rejects.toMatchObject({ code: "invalid-scores" });
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    ["another seed", { seed: 9 }, tinyPrompts, /seed 0; this one has 9/],
    ["other prompts", {}, [...tinyPrompts].reverse(), /on other data, or in another order/],
    ["another number of optimizers", { valueLearningRate: 0 }, tinyPrompts, /written with 2 optimizers, this trainer has 1/],
  ])("to resume with %s", async (_, options, prompts, message) => {
    await tf.setBackend("cpu");
    const out = await freshRunFolder();
    await run(out, { steps: 1 });
    const trainer = await tinyTrainer({ ...everything, ...options });
    await expect(trainer.train(prompts, { out, resume: true, allowChanges: true })).rejects.toThrow(message);
    expect(metricLines(out)).toHaveLength(1);
    disposeTrainer(trainer);
  });
});

test("to resume where there is no run, or one without its checkpoints, is refused; to overwrite starts over", async () => {
  await tf.setBackend("cpu");
  const out = await freshRunFolder();
  await expect(run(out, { steps: 2 }, { resume: true })).rejects.toMatchObject({ code: "no-run" });
  await run(out, { steps: 2 });
  await rm(join(out, "checkpoints"), { recursive: true });
  await expect(run(out, { steps: 1 }, { resume: true })).rejects.toMatchObject({ code: "no-checkpoint" });
  expect(metricLines(out)).toHaveLength(2);
  await run(out, { steps: 1 }, { overwrite: true });
  expect(metricLines(out)).toHaveLength(1);
});

test("to resume with other options is refused by name; allowed, all of them take effect, and the configuration tells since when", async () => {
  await tf.setBackend("cpu");
  const [out, adaptive] = [await freshRunFolder(), await freshRunFolder()];
  const fixed = { klController: "fixed", klCoef: 0.1, steps: 2 } as const;
  await run(out, { ...fixed, schedule: "constant" });
  const other = { ...fixed, schedule: "constant", klCoef: 0.7, learningRate: 2e-3, steps: 3 } as const;
  await expect(run(out, other, { resume: true })).rejects.toThrow(/learningRate 0\.001 → 0\.002, klCoef 0\.1 → 0\.7/);
  const lines = (folder: string) => readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line
  expect(lines(out)).toHaveLength(2);
  await run(out, other, { resume: true, allowChanges: true });
  expect(lines(out).map((line) => [line["objective/kl_coef"], line.lr])).toEqual([
    [0.1, 1e-3],
    [0.1, 1e-3],
    [0.7, 2e-3],
  ]);
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8"))).toMatchObject({
    klCoef: 0.7,
    changes: [{ afterStep: 2, options: { learningRate: [1e-3, 2e-3], klCoef: [0.1, 0.7] } }],
  });

  // An adaptive β goes on from where it has moved, unless it is told to begin elsewhere.
  const moving = { klController: "adaptive", schedule: "constant" } as const;
  await run(adaptive, { ...moving, steps: 2 });
  await run(adaptive, { ...moving, steps: 3 }, { resume: true });
  const moved = lines(adaptive)[2]["objective/kl_coef"];
  expect(moved).not.toBe(0.1);
  await run(adaptive, { ...moving, steps: 4, klCoef: 0.5 }, { resume: true, allowChanges: true });
  expect(lines(adaptive)[3]["objective/kl_coef"]).toBe(0.5);
});

test("a checkpoint whose numbers are none is stepped back from, whatever they are", async () => {
  await tf.setBackend("cpu");
  const trainer = await tinyTrainer(everything);
  const state = {
    klController: { kind: "adaptive", coefficient: 0.1, target: 6, horizon: 50 },
    scoreMoments: { mean: 0, variance: 1, count: 0 },
  };
  const restore = (more: object) => () => (trainer as unknown as { restore(state: object): void }).restore({ ...state, ...more });
  expect(restore({})).not.toThrow();
  for (const klController of [undefined, null, "x", {}, { coefficient: "0.1" }, { coefficient: -1 }])
    expect(restore({ klController })).toThrow();
  for (const scoreMoments of [undefined, [], { mean: 0 }, { mean: 0, variance: null, count: 1 }])
    expect(restore({ scoreMoments })).toThrow("scoreMoments");
  disposeTrainer(trainer);
});

test("leaving the steps early writes a checkpoint to go on from", async () => {
  await tf.setBackend("cpu");
  const out = await freshRunFolder();
  const trainer = await tinyTrainer(everything);
  for await (const { step } of trainer.steps(tinyPrompts, { out })) if (step === 1) break;
  expect(readdirSync(join(out, "checkpoints"))).toContain("step-000001");
  disposeTrainer(trainer);
});
