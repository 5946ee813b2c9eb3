import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { disposeTrainer, freshRunFolder, tinyExamples, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** Four steps, of which some have log-probabilities that are NaN. */
async function run(out: string, broken: readonly number[], options: { readonly maxFailedSteps?: number; readonly resume?: boolean } = {}) {
  const { maxFailedSteps = 3, resume = false } = options;
  const policy = await loadPolicy(tinyGpt2);
  const trainer = await tinyTrainer({ policy, batchSize: 2, microbatchSize: 1, steps: 4, checkpointEvery: 1, maxFailedSteps });
  const { tokenLogprobs } = policy;
  policy.tokenLogprobs = (...given) => {
    const read = tokenLogprobs.apply(policy, given);
    return broken.includes(trainer.step + 1) ? { ...read, logprobs: tf.mul(read.logprobs, Number.NaN) } : read;
  };
  try {
    await trainer.train(tinyExamples, { out, resume, callbacks: { onNotice() {} } });
  } finally {
    disposeTrainer(trainer);
  }
}

const read = (out: string, name: string) => readFileSync(join(out, name));
const linesOf = (out: string, name: string) => String(read(out, name)).trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line

test("a step whose loss is NaN leaves weights and moments as they were; its examples are kept, and the run goes on", async () => {
  const out = await freshRunFolder();
  await run(out, [3]);
  expect(readdirSync(join(out, "checkpoints")).toSorted()).toEqual(["latest", "step-000002", "step-000003", "step-000004"]);
  for (const name of ["policy.safetensors", "optimizer-0.safetensors"])
    expect(read(out, `checkpoints/step-000003/${name}`).equals(read(out, `checkpoints/step-000002/${name}`)), name).toBe(true);
  const lines = linesOf(out, "metrics.jsonl");
  expect(lines.map(({ failed = 0 }) => failed)).toEqual([0, 0, 1, 0]);
  expect(lines[2]).toMatchObject({ loss: null, num_tokens: expect.any(Number) });
  const rows = linesOf(out, "failed-step/batch.jsonl");
  expect(rows.map(({ step, pack }) => [step, pack])).toEqual([
    [3, 0],
    [3, 1],
  ]);
  for (const { text, ids, counted } of rows) {
    expect(tinyExamples.some((example) => text.includes("text" in example ? example.text : (example as { completion: string }).completion))).toBe(true); // biome-ignore format: a line
    expect(counted).toHaveLength(ids.length);
  }
  expect(JSON.parse(String(read(out, "failed-step/failure.json")))).toMatchObject({ step: 3, where: "step 3", loss: "NaN" });
});

test("with as many of them in a row as are allowed the run stops, and goes on to the bytes of one that was let on", async () => {
  const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
  await run(whole, [2, 3], { maxFailedSteps: 9 });
  await expect(run(cut, [2, 3], { maxFailedSteps: 2 })).rejects.toMatchObject({
    code: "non-finite",
    message: expect.stringContaining("step 3: the loss is NaN; with 2 failed steps in a row the run stops, with a checkpoint"),
  });
  await run(cut, [2, 3], { maxFailedSteps: 2, resume: true });
  expect(read(cut, "final/model.safetensors").equals(read(whole, "final/model.safetensors"))).toBe(true);
  const numbers = (out: string) => linesOf(out, "metrics.jsonl").map(({ step, loss, failed, num_tokens }) => ({ step, loss, failed, num_tokens })); // biome-ignore format: a line
  expect(numbers(cut)).toEqual(numbers(whole));
});
