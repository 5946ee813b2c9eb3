import "@tensorflow/tfjs";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { onTestFinished } from "vitest";
import type { GuardSettings } from "./guard-options.ts";
import { makeOptimizer } from "./optimizer.ts";
import { optimizerOptions } from "./optimizer-options.ts";
import { resolveOptions } from "./option-table.ts";
import { type RunSettings, runOptions } from "./run-options.ts";
import { type RunOptions, runStage } from "./run-stage.ts";
import type { EvaluationReport, Stage, StepReport } from "./stage.ts";

interface CountingOptions {
  readonly failAt?: number;
  /** Its place in a step: before anything has changed; when it is said that it will; after the first weight has. */
  readonly failing?: "before" | "announced" | "within";
  readonly evaluate?: () => Promise<EvaluationReport>;
  /** What a step tells beside its numbers. One that failed counts nothing of its batch. */
  readonly tells?: (step: number) => Partial<StepReport>;
}

/** A stage that moves one weight by what its batch says, and counts what it has seen. */
export function countingStage({ failAt, failing = "before", evaluate, tells = () => ({}) }: CountingOptions = {}) {
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
      const told = tells(steps + 1);
      updating();
      if (told.failed) return { step: ++steps, metrics: { seen, failed: 1 }, samples: [], ...told };
      seen += batch;
      if (failAt === steps + 1 && failing === "announced") throw new Error("out of memory");
      optimizer.adamW.step({ gradients: new Map([["w", tf.tensor1d([0])]]), learningRate: 0 });
      if (failAt === steps + 1) throw new Error("the loss is NaN");
      weight.assign(tf.tensor1d([weight.value.dataSync()[0]! + batch]));
      steps++;
      return { step: steps, metrics: { seen }, samples: [], ...told };
    },
    state: () => ({ steps, seen }),
    restore: (state) => {
      steps = state.steps as number;
      seen = state.seen as number;
    },
    save: async (directory) => {
      await mkdir(directory);
      await writeFile(join(directory, "weight"), `${seen}`);
    },
    ...(evaluate && { evaluate }),
  };
  return { stage, weight: () => weight.value.dataSync()[0]! };
}

const settings = { ...resolveOptions(runOptions, { steps: 5, checkpointEvery: 2 }) };

/** Runs a stage of five steps, with a checkpoint every two. */
export async function runAll(
  stage: ReturnType<typeof countingStage>["stage"],
  options: RunOptions<StepReport, EvaluationReport>,
  more: Partial<RunSettings & GuardSettings> = {},
) {
  const reports: StepReport[] = [];
  for await (const report of runStage(stage, { ...settings, ...more }, options)) reports.push(report);
  return reports;
}

/** A folder that is not there yet. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-training-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "run");
}

/** The names in its folder of checkpoints. */
export const checkpoints = (out: string) => readdirSync(join(out, "checkpoints")).toSorted();
/** What its steps had seen, by its log. */
export const logged = (out: string) =>
  readFileSync(join(out, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).seen);

/** A log's text without the times at which its lines were written. */
export const withoutTimes = (log: string): string => log.replaceAll(/,"time\/unix":[\d.]+/g, "");
