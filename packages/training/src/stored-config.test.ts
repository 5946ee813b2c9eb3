import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countingStage, freshFolder, runAll } from "./counting-stage.fixture.ts";

const asked = { learningRate: 0.001, batchSize: 4, schedule: "constant", reward: "demo", prompts: "a.txt", steps: 5 };

/** A run that was stopped after three steps, with this configuration. */
async function stoppedRun(config: object = asked): Promise<string> {
  const out = await freshFolder();
  await expect(runAll(countingStage({ failAt: 4 }).stage, { out, config: { ...config } })).rejects.toThrow();
  return out;
}

const resume = (out: string, config: object, more: object = {}) =>
  runAll(countingStage().stage, { out, resume: true, config: { ...config }, ...more });
const configOf = (out: string) => JSON.parse(readFileSync(join(out, "config.json"), "utf8"));

test("options that differ from the run's are refused by name, and nothing is changed", async () => {
  const out = await stoppedRun();
  const error = await resume(out, { ...asked, learningRate: 0.01, reward: "./other" }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "options-changed",
    message: expect.stringContaining('learningRate 0.001 → 0.01, reward "demo" → "./other". Give what it was made with, or'),
  });
  expect(configOf(out)).toEqual(asked);
  const { reward: _, ...without } = asked;
  await expect(resume(out, without)).rejects.toThrow('reward "demo" → none');
});

test("allowed, they are used, and the configuration tells from which step on", async () => {
  const out = await stoppedRun();
  const told: string[] = [];
  const callbacks = { onNotice: (line: string) => void told.push(line) };
  await resume(out, { ...asked, learningRate: 0.01 }, { allowChanges: true, callbacks });
  expect(told).toEqual(["from step 4 on: learningRate 0.001 → 0.01"]);
  const changes = [{ afterStep: 3, options: { learningRate: [0.001, 0.01] } }];
  expect(configOf(out)).toEqual({ ...asked, learningRate: 0.01, changes });
  await resume(out, { ...asked, learningRate: 0.01 });
  expect(configOf(out).changes).toEqual(changes);
});

test("what changes no number is free: more steps at a constant rate, where the data lies, how often checkpoints are written", async () => {
  const out = await stoppedRun({ ...asked, checkpointEvery: 2 });
  await resume(out, { ...asked, checkpointEvery: 1, prompts: "b.txt", steps: 9 });
  expect(configOf(out)).toMatchObject({ steps: 9, prompts: "b.txt" });
});

test("with a schedule that ends with the run, its length is an option like others", async () => {
  const out = await stoppedRun({ ...asked, schedule: "cosine" });
  await expect(resume(out, { ...asked, schedule: "cosine", steps: 9 })).rejects.toThrow("steps 5 → 9");
});

test("another backend, or other kernels, are refused: they round otherwise; another version is told", async () => {
  const versions = { backend: "tensorflow", kernels: "avx2", node: "20.0.0" };
  const out = await stoppedRun({ ...asked, versions });
  const wasm = resume(out, { ...asked, versions: { backend: "wasm", node: "20.0.0" } });
  await expect(wasm).rejects.toThrow(
    'backend "tensorflow" → "wasm", kernels "avx2" → none. Give what it was made with on such a machine (another',
  );
  const told: string[] = [];
  await resume(
    out,
    { ...asked, versions: { ...versions, node: "22.0.0" } },
    { callbacks: { onNotice: (line: string) => void told.push(line) } },
  );
  expect(told).toEqual(["the run was begun with node 20.0.0 and goes on with 22.0.0: its numbers may differ in the last digits"]);
});

test("an option that is newer than the run is none that changed; a configuration that is gone is told", async () => {
  const out = await stoppedRun();
  await resume(out, { ...asked, checkpointKeep: 3, evaluateEvery: 0 }); // both are the run's own, and the folder lacks them
  const other = await stoppedRun();
  await rm(join(other, "config.json"));
  const told: string[] = [];
  await resume(other, { ...asked, learningRate: 1 }, { callbacks: { onNotice: (line: string) => void told.push(line) } });
  expect(told).toEqual([expect.stringContaining("config.json is gone")]);
});
