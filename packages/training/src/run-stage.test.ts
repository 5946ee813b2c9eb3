import "@tensorflow/tfjs";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { expect, onTestFinished, test } from "vitest";
import { makeOptimizer } from "./optimizer.ts";
import { optimizerOptions } from "./optimizer-options.ts";
import { resolveOptions } from "./option-table.ts";
import { runOptions } from "./run-options.ts";
import { type RunOptions, runStage } from "./run-stage.ts";
import type { EvaluationReport, Stage, StepReport } from "./stage.ts";

/** A stage that moves one weight by what its batch says, and counts what it has seen. */
function countingStage({ failAt, failing = "before" }: { failAt?: number; failing?: "before" | "within" } = {}) {
  const weight = createParameter({ name: "w", layer: 0, value: tf.tensor1d([0]) });
  const optimizer = makeOptimizer([weight], resolveOptions(optimizerOptions, {}));
  const model = { source: "counting", sha256: "c".repeat(64) };
  let steps = 0;
  let seen = 0;
  const stage: Stage<number, StepReport, EvaluationReport> = {
    trained: { models: { "model.safetensors": new Map([["w", weight]]) }, optimizers: [optimizer] },
    identity: { seed: 7, models: { model }, dataSha256: null },
    get stepsDone() {
      return steps;
    },
    batch: (step) => step * 10,
    async step(batch, { updating }) {
      if (failAt === steps + 1 && failing === "before") throw new Error("the reward model is gone");
      updating();
      if (failAt === steps + 1) throw new Error("the loss is NaN");
      weight.assign(tf.tensor1d([weight.value.dataSync()[0]! + batch]));
      seen += batch;
      steps++;
      return { step: steps, metrics: { seen }, samples: [] };
    },
    state: () => ({ steps, seen }),
    restore: (state) => {
      steps = state.steps as number;
      seen = state.seen as number;
    },
    save: async () => {},
  };
  return { stage, weight: () => weight.value.dataSync()[0]! };
}

const settings = { ...resolveOptions(runOptions, { steps: 5, checkpointEvery: 2 }) };

async function runAll(stage: ReturnType<typeof countingStage>["stage"], options: RunOptions<StepReport, EvaluationReport>) {
  const reports: StepReport[] = [];
  for await (const report of runStage(stage, settings, options)) reports.push(report);
  return reports;
}

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-training-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "run");
}

const checkpoints = (out: string) => readdirSync(join(out, "checkpoints")).toSorted();
const logged = (out: string) =>
  readFileSync(join(out, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).seen);

test("every step gets its own batch; checkpoints are written when due and at the end", async () => {
  const out = await freshFolder();
  const { stage, weight } = countingStage();
  expect((await runAll(stage, { out })).map(({ metrics }) => metrics.seen)).toEqual([10, 30, 60, 100, 150]);
  expect(weight()).toBe(150);
  expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000004", "step-000005"]);
});

test("a failure that changed nothing leaves a checkpoint of the last complete step, and the run goes on from there", async () => {
  const out = await freshFolder();
  await expect(runAll(countingStage({ failAt: 4 }).stage, { out })).rejects.toThrow("the reward model is gone");
  expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000003"]);
  const { stage, weight } = countingStage();
  await runAll(stage, { out, resume: true });
  expect(weight()).toBe(150);
  expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
});

test("a failure within an update leaves the older checkpoint alone", async () => {
  const out = await freshFolder();
  await expect(runAll(countingStage({ failAt: 4, failing: "within" }).stage, { out })).rejects.toThrow("the loss is NaN");
  expect(checkpoints(out)).toEqual(["latest", "step-000002"]);
});

test("what fails before the first step leaves no folder", async () => {
  const out = await freshFolder();
  await expect(runAll(countingStage({ failAt: 1 }).stage, { out })).rejects.toThrow("gone");
  expect(existsSync(out)).toBe(false);
});
