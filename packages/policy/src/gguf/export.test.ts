import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openGguf } from "@cai/gguf";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { createPolicy } from "../load/create-policy.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { mergeLora } from "../lora/merge-lora.ts";
import { decimalTokenizer } from "../random/decimal-tokenizer.ts";
import { exportGguf } from "./export.ts";
import { roundTrip, tinyLlama } from "./gguf.fixture.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("tensors have llama.cpp's names and shapes", async () => {
  const tensorsOf = async (folder: string) => {
    const policy = await loadPolicy(folder);
    const path = join(await temporaryFolder(), "model.gguf");
    await exportGguf({ policy, path });
    policy.dispose();
    const file = await openGguf(path);
    await file.close();
    return [...file.tensors].filter(([name]) => !name.startsWith("blk.1.")).map(([name, { dtype, shape }]) => `${name} ${dtype} ${shape}`);
  };
  expect(await tensorsOf(tinyLlama)).toEqual([
    "token_embd.weight F16 512,32",
    "blk.0.attn_norm.weight F32 32",
    "blk.0.attn_q.weight F16 32,32",
    "blk.0.attn_k.weight F16 16,32",
    "blk.0.attn_v.weight F16 16,32",
    "blk.0.attn_output.weight F16 32,32",
    "blk.0.ffn_norm.weight F32 32",
    "blk.0.ffn_gate.weight F16 64,32",
    "blk.0.ffn_up.weight F16 64,32",
    "blk.0.ffn_down.weight F16 32,64",
    "output_norm.weight F32 32",
  ]);
  expect(await tensorsOf(tinyGpt2)).toEqual([
    "token_embd.weight F16 512,32",
    "position_embd.weight F16 128,32",
    "blk.0.attn_norm.weight F32 32",
    "blk.0.attn_norm.bias F32 32",
    "blk.0.attn_qkv.weight F16 96,32",
    "blk.0.attn_qkv.bias F32 96",
    "blk.0.attn_output.weight F16 32,32",
    "blk.0.attn_output.bias F32 32",
    "blk.0.ffn_norm.weight F32 32",
    "blk.0.ffn_norm.bias F32 32",
    "blk.0.ffn_up.weight F16 128,32",
    "blk.0.ffn_up.bias F32 128",
    "blk.0.ffn_down.weight F16 32,128",
    "blk.0.ffn_down.bias F32 32",
    "output_norm.weight F32 32",
    "output_norm.bias F32 32",
  ]);
});

describe("configurations", () => {
  const plain = {
    model_type: "llama",
    hidden_act: "silu",
    vocab_size: 512,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    max_position_embeddings: 64,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: true,
  };
  const llama3 = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

  test.each([
    ["an output of its own", { tie_word_embeddings: false }],
    ["biases", { attention_bias: true, mlp_bias: true }],
    ["heads wider than their share", { head_dim: 12 }],
    ["linear scaling", { rope_scaling: { rope_type: "linear", factor: 2.5 } }],
    ["Llama 3.1's scaling", { rope_theta: 500_000, head_dim: 32, rope_scaling: llama3 }],
    ["an unusual epsilon and base", { rms_norm_eps: 3.7e-7, rope_theta: 1_234_567 }],
    ["Mistral", { model_type: "mistral", sliding_window: null }],
    ["Qwen2", { model_type: "qwen2" }],
  ])("%s: weights and positions come back as they were", async (_, fields) => {
    const config = { ...plain, ...fields };
    const tiny = await loadPolicy(tinyGpt2);
    const policy = await createPolicy({ config, seed: 1, tokenizer: tiny.parts.tokenizer });
    const { again } = await roundTrip(policy);
    expect(again.identity.sha256).toBe(policy.identity.sha256);
    expect(again.parts.architecture.rotaryFrequencies).toEqual(policy.parts.architecture.rotaryFrequencies);
    expect(again.parts.config).toMatchObject({ rms_norm_eps: config.rms_norm_eps, rope_theta: config.rope_theta });
    for (const one of [tiny, policy, again]) one.dispose();
  });
});

test("GPT-2 with an output of its own comes back as it was", async () => {
  const tiny = await loadPolicy(tinyGpt2);
  const { config, tokenizer } = tiny.parts;
  const policy = await createPolicy({ config: { ...config, tie_word_embeddings: false }, seed: 1, tokenizer });
  const { again } = await roundTrip(policy);
  expect(again.identity.sha256).toBe(policy.identity.sha256);
  expect(again.parameters.has("lm_head.weight")).toBe(true);
  for (const one of [tiny, policy, again]) one.dispose();
});

test.each([
  ["F16", 2 ** -11],
  ["BF16", 2 ** -8],
  ["Q8_0", 1 / 250],
] as const)("matrices in %s come back within its precision, vectors exactly", async (dtype, precision) => {
  const policy = await loadPolicy(tinyLlama);
  const { again } = await roundTrip(policy, dtype);
  for (const [name, { shape, value }] of policy.parameters) {
    const [before, after] = [await value.data(), await again.parameters.get(name)!.value.data()];
    const largest = Math.max(...before.map(Math.abs));
    const error = Math.max(...before.map((x, i) => Math.abs(x - after[i]!)));
    expect(error, name).toBeLessThanOrEqual(shape.length === 1 ? 0 : precision * largest);
    if (shape.length === 2) expect(error, name).toBeGreaterThan(0);
  }
  policy.dispose();
  again.dispose();
});

test("a tokenizer that the format has no words for is refused before anything is written", async () => {
  const tiny = await loadPolicy(tinyGpt2);
  const folder = await temporaryFolder();
  const policy = await createPolicy({ config: tiny.parts.config, seed: 1, tokenizer: decimalTokenizer(512) });
  await expect(exportGguf({ policy, path: join(folder, "model.gguf") })).rejects.toThrow(
    "neither byte-level BPE nor a SentencePiece model",
  );
  expect(await readdir(folder)).toEqual([]);
  tiny.dispose();
  policy.dispose();
});

test("weights that are no numbers are refused by name, and nothing is left", async () => {
  const policy = await loadPolicy(tinyLlama);
  const folder = await temporaryFolder();
  policy.parameters.get("model.norm.weight")!.assign(tf.fill([32], Number.NaN));
  const writing = exportGguf({ policy, path: join(folder, "model.gguf") });
  await expect(writing).rejects.toMatchObject({
    code: "not-finite",
    message: expect.stringContaining('the policy: tensor "model.norm.weight" holds NaN'),
  });
  expect(await readdir(folder)).toEqual([]);
  policy.dispose();
});

test("an adapter is in the exported weights", async () => {
  const base = await loadPolicy(tinyLlama);
  const policy = addLora(base, { rank: 2, seed: 3 });
  for (const parameter of policy.parameters.values()) parameter.assign(tf.fill([...parameter.shape], 0.125));
  const merged = await mergeLora(policy);
  const { again } = await roundTrip(policy);
  expect(again.identity.sha256).toBe(merged.identity.sha256);
  expect(again.identity.sha256).not.toBe(base.identity.sha256);
  for (const one of [base, policy, merged, again]) one.dispose();
});
