import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkpoints, countingStage, freshFolder, logged, runAll } from "./counting-stage.fixture.ts";

/** A folder with a run of five steps, a checkpoint every two. */
async function finishedRun(): Promise<string> {
  const out = await freshFolder();
  await runAll(countingStage().stage, { out });
  return out;
}

/** Every file below a folder with its content's hash. */
const snapshot = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`)
    .toSorted();

/** Why a run does not go on; its folder is as it was. */
async function refusal(out: string, options: Parameters<typeof runAll>[1]): Promise<unknown> {
  const before = snapshot(out);
  const error = await runAll(countingStage().stage, { out, ...options }).catch((caught: unknown) => caught);
  expect(snapshot(out)).toEqual(before);
  return error;
}

/** Runs until a step begins, and says what is there then. */
async function untilStep(out: string, step: number, options: Parameters<typeof runAll>[1], look: () => void): Promise<void> {
  const { stage } = countingStage({ failAt: step });
  const seen: typeof stage = {
    ...stage,
    get stepsDone() {
      return stage.stepsDone;
    },
    step(batch, context) {
      if (stage.stepsDone + 1 === step) look();
      return stage.step(batch, context);
    },
  };
  await expect(runAll(seen, { out, ...options })).rejects.toThrow("the reward model is gone");
}

describe("to resume", () => {
  test("a folder that is not there, or holds no run, is refused and stays as it is", async () => {
    const out = await freshFolder();
    const message = `${out} holds no run to go on with: give the folder of one, or leave resume out to start one there`;
    await expect(runAll(countingStage().stage, { out, resume: true })).rejects.toMatchObject({ code: "no-run", message });
    expect(existsSync(out)).toBe(false);
    await mkdir(out);
    await writeFile(join(out, "config.json"), "{}"); // a model's
    expect(await refusal(out, { resume: true })).toMatchObject({ code: "no-run" });
  });

  test("a run whose checkpoints are all broken is refused, and nothing of it is cut", async () => {
    const out = await finishedRun();
    for (const name of checkpoints(out).filter((one) => one !== "latest"))
      await writeFile(join(out, "checkpoints", name, "state.json"), "{}");
    expect(await refusal(out, { resume: true })).toMatchObject({
      code: "no-checkpoint",
      message: expect.stringMatching(
        /no checkpoint .* is whole\. The checkpoint step-000005 is broken: state\.json .*--overwrite.*; nothing was changed$/,
      ),
    });
  });

  test("a run whose checkpoints are gone is refused, and nothing of it is cut", async () => {
    const out = await finishedRun();
    await rm(join(out, "checkpoints"), { recursive: true });
    expect(await refusal(out, { resume: true })).toMatchObject({
      code: "no-checkpoint",
      message: expect.stringContaining("logged 5 steps, and its checkpoints are gone"),
    });
  });

  test("a run that was stopped before its first checkpoint starts again from step 1, says so, and ends as if never stopped", async () => {
    const whole = await finishedRun();
    const out = await freshFolder();
    await cp(whole, out, { recursive: true });
    for (const name of ["checkpoints", "final"]) await rm(join(out, name), { recursive: true });
    await mkdir(join(out, "checkpoints"));
    await mkdir(join(out, "checkpoints/.step-000002.partial"));
    const [first] = readFileSync(join(whole, "metrics.jsonl"), "utf8").split("\n");
    await writeFile(join(out, "metrics.jsonl"), `${first}\n{"step":2,"se`);
    const told: string[] = [];
    const callbacks = { onNotice: (line: string) => void told.push(line) };
    await runAll(countingStage().stage, { out, resume: true, callbacks });
    expect(told).toEqual([`the run at ${out} was stopped before its first checkpoint: it starts again from step 1`]);
    expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
  });

  test("nothing is cut or removed before the first new step is complete", async () => {
    const out = await finishedRun();
    await rm(join(out, "checkpoints/step-000005"), { recursive: true });
    const before = snapshot(out);
    const lock = join(out, "run.lock");
    await untilStep(out, 5, { resume: true }, () => expect(snapshot(out).filter((line) => !line.startsWith(lock))).toEqual(before));
    expect(snapshot(out)).toEqual(before);
  });

  test.each([
    ["a state that is text", (state: object) => ({ ...state, stage: "x" }), /stage is "x"; expected an object/],
    ["statistics of another kind", ({ stage }: { stage?: object }) => ({ stage: { ...stage, statistics: "x" } }), /counts 5 steps/],
    ["another number of steps", () => ({ step: 1e9 }), /counts 1000000000 steps, and its statistics 5/],
    ["steps that are no number", () => ({ step: "many" }), /step is "many"; expected a number of steps/],
    ["no updates", () => ({ optimizerSteps: [-1] }), /optimizerSteps is an object with 0/],
    ["models that are none", () => ({ identity: { seed: 7, models: { model: null }, dataSha256: null } }), /identity is an object/],
    ["a log entry that is none", () => ({ unrecorded: { step: 5 } }), /unrecorded is an object with step/],
  ])("a sealed checkpoint that holds %s is stepped back from", async (_, change, message) => {
    const out = await finishedRun();
    const directory = join(out, "checkpoints/step-000005");
    await reseal(directory, (state) => {
      if (_ === "statistics of another kind") return { ...state, stage: { steps: 4, seen: 1 } };
      return { ...state, ...change(state) };
    });
    const told: string[] = [];
    const { stage, weight } = countingStage();
    await runAll(stage, { out, resume: true, callbacks: { onNotice: (line) => void told.push(line) } });
    expect(told).toEqual([expect.stringMatching(message), "going on from step-000004"]);
    expect(weight()).toBe(150);
    expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
  });

  test("a checkpoint under another step's name is stepped back from", async () => {
    const out = await finishedRun();
    await cp(join(out, "checkpoints/step-000002"), join(out, "checkpoints/step-000009"), { recursive: true });
    await writeFile(join(out, "checkpoints/latest"), "step-000009\n");
    const told: string[] = [];
    await runAll(countingStage().stage, { out, resume: true, callbacks: { onNotice: (line) => void told.push(line) } });
    expect(told).toEqual([
      expect.stringContaining("step-000009 holds no state that training goes on from: it is of step 2"),
      "going on from step-000005",
    ]);
  });
});

/** Changes a checkpoint's state, and seals it as if it had been written so. */
async function reseal(directory: string, change: (state: Record<string, object>) => object): Promise<void> {
  const text = `${JSON.stringify(change(JSON.parse(readFileSync(join(directory, "state.json"), "utf8"))), null, 2)}\n`;
  await writeFile(join(directory, "state.json"), text);
  const hash = (content: string) => createHash("sha256").update(content).digest("hex");
  const { sha256: _, ...body } = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8"));
  body.files["state.json"] = { byteLength: Buffer.byteLength(text), sha256: hash(text) };
  await writeFile(join(directory, "manifest.json"), `${JSON.stringify({ ...body, sha256: hash(JSON.stringify(body)) }, null, 2)}\n`);
}

describe("to start over", () => {
  test("a folder that holds a run wants overwrite; then what it held is there until the first step is complete, and gone after it", async () => {
    const out = await finishedRun();
    expect(await refusal(out, {})).toMatchObject({ code: "run-exists" });
    const before = snapshot(out);
    const lock = join(out, "run.lock");
    await untilStep(out, 1, { overwrite: true }, () => expect(snapshot(out).filter((line) => !line.startsWith(lock))).toEqual(before));
    expect(snapshot(out)).toEqual(before);
    await untilStep(out, 2, { overwrite: true }, () => {
      expect(logged(out)).toEqual([10]);
      expect(checkpoints(out)).toEqual([]);
      expect(existsSync(join(out, "final"))).toBe(false);
    });
    await runAll(countingStage().stage, { out, resume: true });
    expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
  });

  test("what is no run is never overwritten; resume and overwrite contradict each other", async () => {
    const out = await freshFolder();
    await mkdir(out);
    await writeFile(join(out, "thesis.tex"), "");
    expect(await refusal(out, { overwrite: true })).toMatchObject({ code: "no-run", message: expect.stringContaining("thesis.tex") });
    expect(await refusal(out, { overwrite: true, resume: true })).toMatchObject({ code: "invalid-option" });
  });
});

test("of two runs on one folder the second is refused, from the first moment on; the first goes on unharmed", async () => {
  const out = await freshFolder();
  const { stage } = countingStage();
  const refused: unknown[] = [];
  const meeting: typeof stage = {
    ...stage,
    get stepsDone() {
      return stage.stepsDone;
    },
    async step(batch, context) {
      const options = { out, resume: stage.stepsDone > 0 };
      await runAll(countingStage().stage, options).catch((error: unknown) => refused.push(error));
      return stage.step(batch, context);
    },
  };
  await runAll(meeting, { out });
  expect(refused).toHaveLength(5);
  for (const error of refused)
    expect(error).toMatchObject({ code: "locked", message: expect.stringContaining("is in use by this process") });
  expect(logged(out)).toEqual([10, 30, 60, 100, 150]);
  expect(existsSync(join(out, "run.lock"))).toBe(false);
});
