import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkpoints, countingStage, freshFolder, logged, runAll, withoutTimes } from "./counting-stage.fixture.ts";
import type { EvaluationReport } from "./stage.ts";

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

test("a failure within an update that has changed no weight yet leaves the state before the step, numbers beside the tensors too", async () => {
  const out = await freshFolder();
  await expect(runAll(countingStage({ failAt: 4, failing: "announced" }).stage, { out })).rejects.toThrow("out of memory");
  expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000003"]);
  const { stage, weight } = countingStage();
  await runAll(stage, { out, resume: true });
  expect(weight()).toBe(150);
  expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
});

test("a step whose evaluation failed is logged, with it, by the run that goes on", async () => {
  const sample = (step: number) => ({ prompt: "How many?", response: `${step}`, score: step });
  const evaluation = (step: number): EvaluationReport => ({ step, metrics: { "eval/seen": step }, samples: [sample(step)] });
  const every = { evaluateEvery: 2 };
  const whole = await freshFolder();
  const all = countingStage();
  await runAll({ ...all.stage, get stepsDone() { return all.stage.stepsDone; }, evaluate: async () => evaluation(all.stage.stepsDone) }, { out: whole }, every); // biome-ignore format: a line

  const out = await freshFolder();
  const failing = countingStage({ evaluate: async () => { if (failing.stage.stepsDone === 4) throw new Error("the judge is gone"); return evaluation(failing.stage.stepsDone); } }); // biome-ignore format: a line
  await expect(runAll(failing.stage, { out }, every)).rejects.toThrow("the judge is gone");
  expect(logged(out)).toEqual([10, 30, 60]);
  expect(readFileSync(join(out, "checkpoints/latest"), "utf8")).toBe("step-000004\n");
  const going = countingStage({ evaluate: async () => evaluation(going.stage.stepsDone) });
  expect((await runAll(going.stage, { out, resume: true }, every)).map(({ step }) => step)).toEqual([5]);
  const lines = (folder: string) => withoutTimes(readFileSync(join(folder, "metrics.jsonl"), "utf8"));
  expect(lines(out)).toBe(lines(whole));
  expect(lines(out)).toContain('{"step":4,"seen":100,"eval/seen":4}');
  const looks = (folder: string) => readFileSync(join(folder, "evaluation-samples.jsonl"), "utf8");
  expect(looks(out)).toBe([0, 2, 4, 5].map((step) => `${JSON.stringify({ step, ...sample(step) })}\n`).join(""));
  expect(looks(out)).toBe(looks(whole));
});

test("a step that hears no abort is left alone after a while, and may change nothing any more", async () => {
  const out = await freshFolder();
  const { stage } = countingStage();
  const abort = new AbortController();
  let answer = () => {};
  let late: unknown;
  const hanging: typeof stage = {
    ...stage,
    get stepsDone() {
      return stage.stepsDone;
    },
    async step(batch, context) {
      if (stage.stepsDone === 1) {
        setTimeout(() => abort.abort(new Error("Ctrl-C")), 10);
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      }
      return stage.step(batch, context).catch((error: unknown) => {
        late = error;
        throw error;
      });
    },
  };
  await expect(runAll(hanging, { out, signal: abort.signal })).rejects.toThrow("Ctrl-C");
  expect(checkpoints(out)).toEqual(["latest", "step-000001"]);
  answer();
  await expect.poll(() => late).toMatchObject({ message: "Ctrl-C" });
  expect(stage.stepsDone).toBe(1);
});

test("what fails before the first step leaves no folder", async () => {
  const out = await freshFolder();
  await expect(runAll(countingStage({ failAt: 1 }).stage, { out })).rejects.toThrow("gone");
  expect(existsSync(out)).toBe(false);
});

describe("what a run leaves in `final`", () => {
  test("is there as a whole or not at all: saved beside, and renamed", async () => {
    const out = await freshFolder();
    const { stage } = countingStage();
    const save = async (directory: string) => {
      await stage.save(directory);
      expect(existsSync(join(out, "final"))).toBe(false);
      expect(directory).toMatch(/final\.[-0-9a-f]{36}\.tmp$/);
      throw new Error("the disk is full");
    };
    const failing = { ...stage, save, get stepsDone() { return stage.stepsDone; } }; // biome-ignore format: a line
    await expect(runAll(failing, { out })).rejects.toThrow("the disk is full");
    const names = ["checkpoints", "config.json", "metrics.jsonl", "samples.jsonl", "tensorboard"];
    expect(readdirSync(out).toSorted()).toEqual(names);

    // A kill leaves what was written so far: the next start clears it away.
    await mkdir(join(out, "final.01234567-0123-0123-0123-0123456789ab.tmp"));
    await writeFile(join(out, "metrics.jsonl.01234567-0123-0123-0123-0123456789ab.tmp"), "{");
    await runAll(countingStage().stage, { out, resume: true });
    expect(readdirSync(out).toSorted()).toEqual([...names, "final"].toSorted());
    expect(readFileSync(join(out, "final/weight"), "utf8")).toBe("150");
  });
});
