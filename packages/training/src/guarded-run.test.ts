import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readMetrics } from "@cai/run-log";
import { describe, expect, test } from "vitest";
import { checkpoints, countingStage, freshFolder, logged, runAll, withoutTimes } from "./counting-stage.fixture.ts";
import type { FailedStep } from "./failed-update.ts";
import type { GuardSettings } from "./guard-options.ts";
import { checkState } from "./restore-stage.ts";
import type { RunSettings } from "./run-options.ts";
import type { RunOptions } from "./run-stage.ts";
import type { EvaluationReport, StepReport } from "./stage.ts";

/** Of a step whose gradient is not finite. */
const failure = (step: number): FailedStep => ({
  where: `step ${step}`,
  loss: 0.5,
  gradientNorms: { a: 1, b: Number.NEGATIVE_INFINITY },
  updatesBefore: 0,
  rows: [{ prompt: "Once", response: " upon", score: 0.5, mask: Uint8Array.of(1, 0), logprobs: Float32Array.of(-0.5, Number.NaN) }, { prompt: "A", response: "", score: 1 }], // biome-ignore format: a line
});
/** A stage whose given steps fail. */
const failingAt = (...steps: number[]) => countingStage({ tells: (step) => (steps.includes(step) ? { failed: failure(step) } : {}) });

/** Runs a stage, and gives the lines that a person was told. */
async function told(
  stage: ReturnType<typeof countingStage>["stage"],
  options: RunOptions<StepReport, EvaluationReport>,
  settings: Partial<RunSettings & GuardSettings> = {},
): Promise<{ readonly notices: string[]; readonly error: unknown }> {
  const notices: string[] = [];
  const callbacks = { ...options.callbacks, onNotice: (line: string) => void notices.push(line) };
  const error = await runAll(stage, { ...options, callbacks }, settings).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { notices, error };
}
const stateOf = (out: string, checkpoint: string) => JSON.parse(readFileSync(join(out, "checkpoints", checkpoint, "state.json"), "utf8"));
const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line

describe("a failed step", () => {
  test("is told and logged as such, its batch is kept, and the run goes on without it", async () => {
    const out = await freshFolder();
    const { stage, weight } = failingAt(3);
    const { notices, error } = await told(stage, { out });
    expect(error).toBeUndefined();
    expect(weight()).toBe(10 + 20 + 40 + 50);
    expect(logged(out)).toEqual([10, 30, 30, 70, 120]);
    expect((await readMetrics(out)).map(({ values }) => values.failed)).toEqual([undefined, undefined, 1, undefined, undefined]);
    expect(notices).toEqual([
      "step 3: the gradient is not finite in 1 of 2 parameters (b); the step is not applied, and the weights stay as they were " +
        `(failed steps in a row: 1; the run stops at 3). Its batch is in ${out}/failed-step`,
    ]);
    expect(JSON.parse(readFileSync(join(out, "failed-step/failure.json"), "utf8"))).toEqual({
      step: 3,
      where: "step 3",
      loss: 0.5,
      gradientNorms: { a: 1, b: "-Infinity" },
      updatesBefore: 0,
    });
    expect(linesOf(join(out, "failed-step/batch.jsonl"))).toEqual([
      { step: 3, prompt: "Once", response: " upon", score: 0.5, mask: [1, 0], logprobs: [-0.5, "NaN"] },
      { step: 3, prompt: "A", response: "", score: 1 },
    ]);
  });

  test("takes the place of an earlier one in `failed-step`, whole, and leaves nothing beside it", async () => {
    const out = await freshFolder();
    await told(failingAt(2, 4).stage, { out });
    expect(linesOf(join(out, "failed-step/batch.jsonl")).map(({ step }) => step)).toEqual([4, 4]);
    const names = ["checkpoints", "config.json", "failed-step", "final", "metrics.jsonl", "samples.jsonl", "tensorboard"];
    expect(readdirSync(out).toSorted()).toEqual(names);
  });

  test("whose batch can't be written leaves the earlier one, and nothing half written; the run that goes on has its numbers", async () => {
    const out = await freshFolder();
    const unwritable = { ...failure(4), rows: [{ prompt: "Once" }, { get prompt(): string { throw new Error("the disk is full"); } }] }; // biome-ignore format: a line
    const { stage } = countingStage({ tells: (step) => (step === 2 ? { failed: failure(2) } : step === 4 ? { failed: unwritable } : {}) });
    expect((await told(stage, { out })).error).toMatchObject({ message: "the disk is full" });
    expect(linesOf(join(out, "failed-step/batch.jsonl")).map(({ step }) => step)).toEqual([2, 2]);
    const names = ["checkpoints", "config.json", "failed-step", "metrics.jsonl", "samples.jsonl", "tensorboard"];
    expect(readdirSync(out).toSorted()).toEqual(names);
    await told(failingAt(2, 4).stage, { out, resume: true });
    expect((await readMetrics(out)).map(({ step, values }) => [step, values.failed ?? 0])).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 1],
      [5, 0],
    ]);
  });

  test("is counted with those right before it: the run stops after a checkpoint, and goes on from there to the same end", async () => {
    const [whole, out] = [await freshFolder(), await freshFolder()];
    await told(failingAt(2, 3, 4).stage, { out: whole }, { maxFailedSteps: 9 });

    const { error } = await told(failingAt(2, 3, 4).stage, { out });
    expect(error).toMatchObject({ code: "non-finite", message: expect.stringContaining("with 3 failed steps in a row the run stops") });
    expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000004"]);
    expect(logged(out)).toEqual([10, 10, 10, 10]);
    const { stage, weight } = failingAt(2, 3, 4);
    expect((await told(stage, { out, resume: true })).error).toBeUndefined();
    expect(weight()).toBe(60);
    for (const file of ["metrics.jsonl", "final/weight", "failed-step/failure.json", "checkpoints/step-000005/state.json"])
      expect(withoutTimes(readFileSync(join(out, file), "utf8")), file).toBe(withoutTimes(readFileSync(join(whole, file), "utf8")));
  });

  test("is counted across a stop: the number is in the checkpoint", async () => {
    const out = await freshFolder();
    const abort = new AbortController();
    const callbacks = { onStep: ({ step }: StepReport) => void (step === 3 && abort.abort(new Error("Ctrl-C"))) };
    await told(failingAt(2, 3, 4).stage, { out, signal: abort.signal, callbacks });
    expect(stateOf(out, "step-000003").streaks).toEqual({ failed: 2, equalScores: 0 });
    const { error } = await told(failingAt(2, 3, 4).stage, { out, resume: true });
    expect(error).toMatchObject({ code: "non-finite" });
    expect(checkpoints(out)).toContain("step-000004");
  });

  test("ends the run at once with maxFailedSteps 1, and without a folder too", async () => {
    const { error } = await told(failingAt(2).stage, {}, { maxFailedSteps: 1 });
    expect(error).toMatchObject({ code: "non-finite", message: expect.stringContaining("with 1 failed step the run stops. Lower") });
  });

  test("between others that don't fail stops nothing", async () => {
    expect((await told(failingAt(1, 2, 4, 5).stage, {})).error).toBeUndefined();
  });
});

describe("a run beyond a limit", () => {
  test.each([
    ["maxKl", { maxKl: 0.25 }, (step: number) => ({ klPerToken: step / 10 }), "the KL to the reference is 0.3 nats a token"],
    ["minEntropy", { minEntropy: 0.8 }, (step: number) => ({ entropyPerToken: 1 - step / 10 }), "the entropy of the policy is 0.7 nats"],
  ])(
    "%s stops after that step, with a checkpoint; with another limit it goes on, without leave to change",
    async (name, limit, tells, message) => {
      const out = await freshFolder();
      const config = { ...limit, learningRate: 1 };
      const { error } = await told(countingStage({ tells }).stage, { out, config }, limit);
      expect(error).toMatchObject({ code: "beyond-limit", message: expect.stringContaining(`step 3: ${message}`) });
      expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000003"]);
      const { stage, weight } = countingStage({ tells });
      expect((await told(stage, { out, resume: true, config: { ...config, [name]: 0 } }, { [name]: 0 })).error).toBeUndefined();
      expect(weight()).toBe(150);
      expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
    },
  );

  test("whose limit stays makes a step with each try", async () => {
    const out = await freshFolder();
    const stage = () => countingStage({ tells: () => ({ klPerToken: 1 }) }).stage;
    await told(stage(), { out }, { maxKl: 0.5 });
    expect((await told(stage(), { out, resume: true }, { maxKl: 0.5 })).error).toMatchObject({
      message: expect.stringContaining("step 2: "),
    });
    expect(logged(out)).toEqual([10, 30]);
  });
});

test("that scores tell nothing is said once in a row of steps, also where the run was stopped within it", async () => {
  const out = await freshFolder();
  const stage = () => countingStage({ tells: () => ({ equalScores: true }) }).stage;
  const abort = new AbortController();
  const callbacks = { onStep: ({ step }: StepReport) => void (step === 2 && abort.abort(new Error("Ctrl-C"))) };
  const first = await told(stage(), { out, signal: abort.signal, callbacks }, { equalRewardSteps: 3 });
  const second = await told(stage(), { out, resume: true }, { equalRewardSteps: 3 });
  expect([first.notices, second.notices]).toEqual([[], [expect.stringMatching(/^in 3 steps in a row no score differed/)]]);
});

test("a checkpoint whose counts are none is stepped back from", async () => {
  const { stage } = countingStage();
  const state = { format: 3, step: 0, identity: stage.identity, optimizerSteps: [0], stage: { steps: 0, seen: 0 } };
  expect(checkState({ directory: "x", state: { ...state, streaks: { failed: 0, equalScores: 2 } } }, stage).step).toBe(0);
  for (const streaks of [null, [], {}, { failed: -1, equalScores: 0 }, { failed: 0, equalScores: 1.5 }, "x"])
    expect(() => checkState({ directory: "x", state: { ...state, streaks } }, stage), JSON.stringify(streaks)).toThrow("streaks is");
});
