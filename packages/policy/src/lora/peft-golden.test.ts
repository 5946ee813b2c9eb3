import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { leftPadded, rightPadded, expected as tinyExpected, tinyGpt2 } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { loadLora } from "./load-lora.ts";
import { mergeLora } from "./merge-lora.ts";

// Written by PEFT 0.13.2 for the tiny GPT-2, whose weights are stored [in, out] (fan_in_fan_out): rank 4, alpha 6, all linear layers.
const folder = fileURLToPath(new URL("golden/gpt2-adapter/", import.meta.url));
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
  readonly logprobs: readonly (readonly number[])[];
  readonly nll: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** Row 1, columns 0 … 7. */
  readonly merged: Readonly<Record<string, readonly number[]>>;
};
const { promptColumns, inputIds, attentionMask } = tinyExpected;
const texts = (from: number, to?: number) =>
  inputIds.map((ids, row) => ids.slice(from, to).filter((_, column) => attentionMask[row]![from + column] === 1));
const batch = { prompts: leftPadded(texts(0, promptColumns)), responses: rightPadded(texts(promptColumns), tinyExpected.responseColumns) };
const mask = Float32Array.from(batch.responses.mask);

function logprobsOf(policy: CausalPolicy): tf.Tensor {
  return tf.mul(
    policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 }).logprobs,
    tf.tensor2d(mask, [...batch.responses.shape]),
  );
}

function expectClose(values: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  expect(values.length).toBe(wanted.length);
  expect(Math.max(...wanted.map((value, index) => Math.abs(values[index]! - value)))).toBeLessThan(tolerance);
}

onEachBackend(() => {
  let base: CausalPolicy;
  let policy: CausalPolicy;
  beforeAll(async () => {
    base = await loadPolicy(tinyGpt2);
    policy = await loadLora(base, folder);
  });
  afterAll(() => {
    base.dispose();
    policy.dispose();
  });

  test("log-probabilities with PEFT's adapter on equal PEFT's", () => {
    expectClose(tf.tidy(() => logprobsOf(policy)).dataSync(), expected.logprobs.flat(), 2e-5);
  });

  test("its gradients equal PEFT's", () => {
    const parameters = [...policy.parameters.values()];
    const tokens = mask.reduce((sum, one) => sum + one, 0);
    const { value, grads } = tf.valueAndGrads(() => tf.div(tf.neg(tf.sum(logprobsOf(policy))), tokens) as tf.Scalar)(
      parameters.map((parameter) => parameter.value),
    );
    expect(value.dataSync()[0]).toBeCloseTo(expected.nll, 5);
    const compared = parameters.filter(({ name }, index) => {
      const wanted = expected.gradients[name];
      if (wanted !== undefined) expectClose(grads[index]!.dataSync(), wanted, 1e-5);
      return wanted !== undefined;
    });
    expect(compared).toHaveLength(Object.keys(expected.gradients).length);
    tf.dispose([value, ...grads]);
  });

  test("weights merged with it equal PEFT's", async () => {
    const merged = await mergeLora(policy);
    for (const [name, wanted] of Object.entries(expected.merged))
      expectClose(tf.tidy(() => tf.slice(merged.parameters.get(name)!.value, [1, 0], [1, 8])).dataSync(), wanted, 1e-6);
    expectClose(tf.tidy(() => logprobsOf(merged)).dataSync(), expected.logprobs.flat(), 2e-5);
    merged.dispose();
  });
});

describe("saved again", () => {
  test("PEFT's adapter has the same bytes of weights, and what it means in its configuration", async () => {
    await tf.setBackend("cpu");
    const base = await loadPolicy(tinyGpt2);
    const policy = await loadLora(base, folder);
    base.dispose();
    const saved = await mkdtemp(join(tmpdir(), "lora-"));
    await policy.save(saved);
    policy.dispose();
    const read = (directory: string, name: string) => readFile(join(directory, name));
    expect((await read(saved, "adapter_model.safetensors")).equals(await read(folder, "adapter_model.safetensors"))).toBe(true);
    const config = async (directory: string) => JSON.parse((await read(directory, "adapter_config.json")).toString());
    const { base_model_name_or_path, ...written } = await config(saved);
    expect(await config(folder)).toMatchObject(written);
    expect(base_model_name_or_path).toBe(tinyGpt2.replace(/\/$/, ""));
    await rm(saved, { recursive: true });
  });
});
