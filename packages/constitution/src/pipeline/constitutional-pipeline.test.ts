import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type ConstitutionalPipelineOptions, runConstitutionalPipeline } from "./constitutional-pipeline.ts";
import { demoParts, tinyConfig, tinyHeldOut, tinyPrompts } from "./pipeline.fixture.ts";

beforeAll(async () => {
  await prepareBackend();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-constitutional-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "run");
}

const run = (out: string, { more = {}, ...how }: { more?: object } & Partial<ConstitutionalPipelineOptions> = {}) =>
  runConstitutionalPipeline({ config: tinyConfig(more), out, parts: demoParts, prompts: tinyPrompts, heldOutPrompts: tinyHeldOut, ...how });

/** What each stage was made of and what it made; neither times nor the time of day. */
async function productsOf(out: string) {
  const { stages } = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as {
    stages: { name: string; inputs: string; state: string; files: object }[];
  };
  return stages.map(({ name, inputs, state, files }) => ({ name, inputs, state, files }));
}

describe("a pipeline that is stopped within each stage", () => {
  test("goes on, and ends with the same bytes as one that was not", async () => {
    const whole = await newFolder();
    const report = await run(whole);
    const stages = ["revise", "sft", "prefer", "reward", "rl", "baseline", "evaluate", "audit"];
    expect(report.stages.map(({ name }) => name)).toEqual(stages);
    expect(report.auditSigns).toEqual(expect.any(Array));
    expect(report.bestOfN).toEqual({ 2: expect.any(Number), 4: expect.any(Number) });
    for (const figure of [report.winRate, report.rewardAccuracy, report.labelAgreement, report.revisionYield])
      expect(figure).toSatisfy((share: number) => share >= 0 && share <= 1);
    expect(await readFile(join(whole, "evaluate/index.html"), "utf8")).toContain("<html");

    const stopped = await newFolder();
    const tensors = tf.memory().numTensors;
    for (const name of stages) {
      const abort = new AbortController();
      const onProgress = ({ stage, share }: { stage: string; share: number }) => {
        if (stage === name && share > 0 && share < 1) abort.abort(new Error(`stopped in ${name}`));
      };
      await expect(run(stopped, { resume: true, signal: abort.signal, onProgress })).rejects.toThrow(`stopped in ${name}`);
    }
    const skipped: string[] = [];
    await run(stopped, { resume: true, onStage: (stage) => stage.skipped && skipped.push(stage.name) });
    expect(skipped).toEqual(stages.slice(0, -1));
    expect(await productsOf(stopped)).toEqual(await productsOf(whole));
    expect(tf.memory().numTensors).toBe(tensors);
  }, 300_000);
});

test("with DPO the policy learns the preferences, and no reward model is made; adapters are merged", async () => {
  const out = await newFolder();
  const report = await run(out, { more: { rl: "dpo", revise: false, sft: false, lora: 2 } });
  expect(report.stages.map(({ name }) => name)).toEqual(["prefer", "rl", "baseline", "evaluate"]);
  expect(report.revisionYield).toBeNull();
  expect((await stat(join(out, "rl/final/merged/model.safetensors"))).size).toBeGreaterThan(1e6);
});

test("with GRPO the policy learns from groups of its answers; pairs may be revisions with their originals", async () => {
  const out = await newFolder();
  const report = await run(out, { more: { rl: "grpo", sft: false, prefer: { pairs: "revisions", heldOutShare: 0, calibrationPairs: 0 } } });
  expect(report.stages.map(({ name }) => name)).toEqual(["revise", "prefer", "reward", "rl", "baseline", "evaluate", "audit"]);
  expect(report.rewardAccuracy).toBeNull(); // no pair was held out
});

test("without reinforcement learning what was learned from revisions is compared, and nothing is labelled", async () => {
  const out = await newFolder();
  const report = await run(out, { more: { rl: "none" } });
  expect(report.stages.map(({ name }) => name)).toEqual(["revise", "sft", "baseline", "evaluate"]);
  expect(report).toMatchObject({ labelAgreement: null, rewardAccuracy: null, auditSigns: null, winRate: expect.any(Number) });
});

test.each([
  [{ rl: "none", sft: false }, "nothing would be learned"],
  [{ revise: false }, '"sft" learns from revisions'],
  [{ revise: false, sft: false, prefer: { pairs: "revisions" } }, 'prefer.pairs is "revisions"'],
  [{ prefer: { pairs: "sampled", labeller: "contrast" } }, 'prefer.labeller "contrast" labels contrast pairs'],
  [{ ppo: { klCeof: 1 } }, "klCeof"],
  [{ dpo: { beta: -1 }, rl: "dpo" }, "beta is -1"],
  [{ revise: { round: 2 } }, "did you mean rounds?"],
  [{ constitution: "principles:\n  - { name: a, critiqueRequest: b, revisionRequest: c }" }, "needs positivePersona in every principle"],
  [{ judge: "./nowhere" }, "nowhere"],
])("%j is refused before anything is written", async (more, message) => {
  const out = await newFolder();
  await expect(run(out, { more })).rejects.toThrow(message);
  await expect(stat(out)).rejects.toThrow("ENOENT");
});
