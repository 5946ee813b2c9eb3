import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSafetensors } from "@cai/safetensors";
import { goldenModels } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { loadLora } from "./load-lora.ts";
import { mergeLora } from "./merge-lora.ts";

interface Summary {
  readonly sumOfAbs: number;
  readonly first: readonly number[];
}

interface Expected {
  readonly logprobs: readonly (readonly number[])[];
  readonly nll: number;
  readonly gradients: Readonly<Record<string, Summary>>;
  /** Whether the merged model's output matrix is its embedding. */
  readonly tied: boolean;
  readonly merged: Readonly<Record<string, Summary>>;
}

// Written by PEFT 0.21.2 (tools/golden-adapters.py): a small adapter of each kind, on one of the two tiny models.
const kinds = [
  "llama-rslora-patterns",
  "llama-layers",
  "llama-regex",
  "llama-saved-modules",
  "llama-saved-embedding",
  "llama-tied-embedding",
  "llama-dora",
  "gpt2-dora-rslora",
  "gpt2-bias-all",
  "gpt2-bias-lora-only",
  "gpt2-lora-bias",
  "gpt2-saved-output",
].map((kind) => {
  const folder = fileURLToPath(new URL(`golden/${kind}/`, import.meta.url));
  const model = goldenModels.find(({ name }) => name === `tiny-${kind.split("-")[0]}`)!;
  return { kind, folder, model, expected: JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected };
});
type Kind = (typeof kinds)[number];

const maskOf = ({ model: { batch } }: Kind): Float32Array => Float32Array.from(batch.responses.mask);

const masked = (logprobs: tf.Tensor, kind: Kind): tf.Tensor =>
  tf.mul(logprobs, tf.tensor2d(maskOf(kind), [...kind.model.batch.responses.shape]));

/** Response log-probabilities, 0 at padding. */
function logprobsOf(policy: CausalPolicy, kind: Kind): tf.Tensor {
  const { batch } = kind.model;
  return masked(policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 }).logprobs, kind);
}

function numbersOf(compute: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(compute);
  const numbers = tensor.dataSync<"float32">();
  tensor.dispose();
  return numbers;
}

function expectClose(values: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, name: string): void {
  expect(values.length, name).toBe(wanted.length);
  expect(Math.max(...Array.from(wanted, (value, index) => Math.abs(values[index]! - value))), name).toBeLessThan(tolerance);
}

function expectSummary(values: Float32Array, { sumOfAbs, first }: Summary, tolerance: number, name: string): void {
  expectClose(values.subarray(0, first.length), first, tolerance, name);
  const sum = values.reduce((total, value) => total + Math.abs(value), 0);
  expect(Math.abs(sum - sumOfAbs), name).toBeLessThan(tolerance * values.length + 1e-6 * sumOfAbs);
}

async function adapted({ folder, model }: Kind): Promise<{ base: CausalPolicy; policy: CausalPolicy }> {
  const base = await loadPolicy(model.folder);
  return { base, policy: await loadLora(base, folder) };
}

onEachBackend(() => {
  test.each(kinds)("$kind: log-probabilities with the adapter on, and off, equal PEFT's", async (kind) => {
    const { base, policy } = await adapted(kind);
    expectClose(
      numbersOf(() => logprobsOf(policy, kind)),
      kind.expected.logprobs.flat(),
      2e-5,
      "on",
    );
    const reference = policy.createReference();
    const off = numbersOf(() => masked(reference.logprobs(kind.model.batch, { temperature: 1 }), kind));
    const wanted = kind.model.expected.temperature1.logprobs.flat();
    expectClose(
      off,
      maskOf(kind).map((one, index) => (one === 1 ? wanted[index]! : 0)),
      2e-5,
      "off",
    );
    reference.dispose();
    for (const one of [base, policy]) one.dispose();
  });

  test.each(kinds)("$kind: its gradients are PEFT's, of the same parameters", async (kind) => {
    const { base, policy } = await adapted(kind);
    base.dispose();
    const parameters = [...policy.parameters.values()].filter(({ trainable }) => trainable);
    const tokens = maskOf(kind).reduce((sum, one) => sum + one, 0);
    const { value, grads } = tf.valueAndGrads(() => tf.div(tf.neg(tf.sum(logprobsOf(policy, kind))), tokens) as tf.Scalar)(
      parameters.map((parameter) => parameter.value),
    );
    expect(value.dataSync()[0]).toBeCloseTo(kind.expected.nll, 5);
    expect(parameters.map(({ name }) => name).sort()).toEqual(Object.keys(kind.expected.gradients).sort());
    parameters.forEach(({ name }, index) => {
      expectSummary(grads[index]!.dataSync<"float32">(), kind.expected.gradients[name]!, 1e-5, name);
    });
    tf.dispose([value, ...grads]);
    policy.dispose();
  });

  test.each(kinds)("$kind: merged, it is PEFT's merged model", async (kind) => {
    const before = tf.memory().numTensors;
    const { base, policy } = await adapted(kind);
    const merged = await mergeLora(policy);
    expectClose(
      numbersOf(() => logprobsOf(merged, kind)),
      kind.expected.logprobs.flat(),
      2e-5,
      "merged",
    );
    for (const [name, wanted] of Object.entries(kind.expected.merged)) {
      const parameter = merged.parameters.get(name)!;
      expectSummary(await parameter.value.data<"float32">(), wanted, 2e-6, name);
    }
    expect(merged.parameters.has("lm_head.weight")).toBe(!kind.expected.tied);
    for (const one of [base, policy, merged]) one.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("saved again", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  test.each(kinds)(
    "$kind: PEFT's tensors come back byte for byte, with a configuration that means the same, beside the merged model",
    async (kind) => {
      const { base, policy } = await adapted(kind);
      const saved = await mkdtemp(join(tmpdir(), "lora-"));
      try {
        await policy.save(saved);
        const [written, given] = await Promise.all(
          [saved, kind.folder].map((folder) => openSafetensors(join(folder, "adapter_model.safetensors"))),
        );
        expect(written!.names.toSorted()).toEqual(given!.names.toSorted());
        for (const name of given!.names) expect(await written!.read(name), name).toEqual(await given!.read(name));
        await Promise.all([written!.close(), given!.close()]);

        const config = async (folder: string) => JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"));
        const { base_model_name_or_path, lora_dropout, target_modules, ...fields } = await config(saved);
        expect(lora_dropout).toBe(0);
        expect(await config(kind.folder)).toMatchObject(fields);
        const again = await loadLora(base, saved);
        expect(again.identity.sha256).toBe(policy.identity.sha256);
        again.dispose();

        const merged = await loadPolicy(join(saved, "merged"));
        expectClose(
          numbersOf(() => logprobsOf(merged, kind)),
          kind.expected.logprobs.flat(),
          2e-5,
          "merged",
        );
        merged.dispose();
      } finally {
        for (const one of [base, policy]) one.dispose();
        await rm(saved, { recursive: true });
      }
    },
  );
});
