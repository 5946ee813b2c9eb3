import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SafetensorsError } from "@cai/safetensors";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { modelFolder, type StoredTensor, tinyTensors, writeTensors } from "../model-folder.fixture.ts";
import { loadPolicy } from "./load-policy.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const rename = (tensors: Map<string, StoredTensor>, from: string, to: string): void => {
  tensors.set(to, tensors.get(from)!);
  tensors.delete(from);
};

const weightsOf = async (folder: string): Promise<{ sha256: string; values: Map<string, Float32Array> }> => {
  const policy = await loadPolicy(folder);
  const values = new Map<string, Float32Array>();
  for (const [name, { value }] of policy.parameters) values.set(name, (await value.data()) as Float32Array);
  policy.dispose();
  return { sha256: policy.identity.sha256, values };
};

test("a folder gives the model's sizes, its parameters in order, and where they came from", async () => {
  const policy = await loadPolicy(tinyGpt2);
  expect(policy).toMatchObject({ hiddenSize: 32, vocabSize: 512, contextLength: 128, layerCount: 2, eosTokenIds: [0] });
  expect(policy.tokenizer.decode(policy.tokenizer.encode("Hello world"))).toBe("Hello world");
  expect([...policy.parameters.keys()].slice(0, 4)).toEqual([
    "transformer.wte.weight",
    "transformer.wpe.weight",
    "transformer.h.0.ln_1.weight",
    "transformer.h.0.ln_1.bias",
  ]);
  const layers = [...policy.parameters.values()].map(({ layer }) => layer);
  expect(layers).toEqual([-1, -1, ...Array(12).fill(0), ...Array(12).fill(1), 2, 2]);
  expect(policy.identity.source).toBe(resolve(tinyGpt2));
  expect(policy.identity.sha256).toMatch(/^[0-9a-f]{64}$/);
  policy.dispose();
});

test("names without the prefix, causal-mask buffers and a tied output matrix are read as published files have them", async () => {
  const folder = await modelFolder({
    edit(tensors) {
      tensors.set("lm_head.weight", tensors.get("transformer.wte.weight")!);
      for (const name of [...tensors.keys()].filter((one) => one.startsWith("transformer."))) rename(tensors, name, name.slice(12));
      tensors.set("h.0.attn.bias", { dtype: "U8", shape: [1, 1, 2, 2], data: Uint8Array.of(1, 0, 1, 1) });
      tensors.set("h.1.attn.masked_bias", { dtype: "F32", shape: [], data: Float32Array.of(-1e4) });
    },
  });
  expect((await weightsOf(folder)).sha256).toBe((await weightsOf(tinyGpt2)).sha256);
});

test.each(["F16", "BF16"] as const)("weights stored in %s become float32", async (dtype) => {
  const folder = await modelFolder({
    edit(tensors) {
      for (const [name, tensor] of tensors) tensors.set(name, { ...tensor, dtype });
    },
  });
  const exact = (await weightsOf(tinyGpt2)).values;
  const rounding = dtype === "F16" ? 2 ** -11 : 2 ** -8;
  for (const [name, rounded] of (await weightsOf(folder)).values) {
    const off = rounded.findIndex((value, i) => Math.abs(value - exact.get(name)![i]!) > rounding * Math.abs(exact.get(name)![i]!) + 1e-7);
    expect(off, name).toBe(-1);
  }
});

test("weights stored in F64 are rounded to float32", async () => {
  const folder = await modelFolder({
    edit(tensors) {
      for (const [name, { shape, data }] of tensors)
        tensors.set(name, { dtype: "F64", shape, data: Float64Array.from(data as Float32Array, (value) => value * (1 + 2 ** -30)) });
    },
  });
  expect((await weightsOf(folder)).sha256).toBe((await weightsOf(tinyGpt2)).sha256);
});

test("what is no weight may stand beside the weights, in any dtype: buffers, a value head of TRL's, what holds no floating-point weights", async () => {
  const folder = await modelFolder({
    edit(tensors) {
      tensors.set("v_head.summary.weight", { dtype: "F32", shape: [1, 32], data: new Float32Array(32) });
      tensors.set("v_head.summary.bias", { dtype: "F32", shape: [1], data: new Float32Array(1) });
      tensors.set("transformer.h.0.attn.bias", { dtype: "C64", shape: [2], data: new Float32Array(4) });
      tensors.set("transformer.freqs_cis", { dtype: "C64", shape: [2], data: new Float32Array(4) });
      tensors.set("scales", { dtype: "F8_E8M0", shape: [3], data: new Uint8Array(3) });
      tensors.set("blocks", { dtype: "F4", shape: [2, 3], data: new Uint8Array(3) });
      tensors.set("position_ids", { dtype: "I64", shape: [1], data: new BigInt64Array(1) });
    },
  });
  expect((await weightsOf(folder)).sha256).toBe((await weightsOf(tinyGpt2)).sha256);
});

test("weights in several files are read as one model", async () => {
  const folder = await modelFolder();
  await rm(join(folder, "model.safetensors"));
  const tensors = [...(await tinyTensors())];
  const shards = { "model-00001-of-00002.safetensors": tensors.slice(0, 9), "model-00002-of-00002.safetensors": tensors.slice(9) };
  for (const [shard, content] of Object.entries(shards)) await writeTensors(join(folder, shard), new Map(content));
  const weightMap = Object.entries(shards).flatMap(([shard, content]) => content.map(([name]) => [name, shard]));
  const writeIndex = (map: readonly (readonly string[])[]) =>
    writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map: Object.fromEntries(map) }));
  await writeIndex(weightMap);
  const { sha256 } = await weightsOf(tinyGpt2);
  expect((await weightsOf(folder)).sha256).toBe(sha256);

  const extra = ["extra", { dtype: "F32", shape: [1], data: new Float32Array(1) }] as const;
  await writeTensors(join(folder, "model-00002-of-00002.safetensors"), new Map([...tensors.slice(9), extra]));
  expect((await weightsOf(folder)).sha256, "a tensor that the index does not list").toBe(sha256);
  await writeIndex(weightMap.slice(0, -1));
  expect((await weightsOf(folder)).sha256, "a weight that the index does not list").toBe(sha256);
  await writeIndex([...weightMap, ["extra", "model-00002-of-00002.safetensors"]]);
  await expect(loadPolicy(folder)).rejects.toMatchObject({ code: "unknown-tensor", message: expect.stringContaining('"extra"') });
});

test("the ends of text come from the generation configuration, then the model's, then the tokenizer's", async () => {
  const eosTokenIds = async (generation: unknown, config: unknown): Promise<readonly number[]> => {
    const folder = await modelFolder({ generationConfig: { eos_token_id: generation }, config: { eos_token_id: config } });
    const policy = await loadPolicy(folder);
    policy.dispose();
    return policy.eosTokenIds;
  };
  expect(await eosTokenIds([3, 5], 7)).toEqual([3, 5]);
  expect(await eosTokenIds(null, 7)).toEqual([7]);
  expect(await eosTokenIds(null, null)).toEqual([0]);
});

test("weights that don't fit the configuration are refused with the file and the tensor, and nothing is left in memory", async () => {
  const wpe = "transformer.wpe.weight";
  const edits: [code: string, message: RegExp, edit: (tensors: Map<string, StoredTensor>) => void][] = [
    ["missing-tensor", /model\.safetensors: tensor "transformer\.wpe\.weight" is missing/, (tensors) => tensors.delete(wpe)],
    ["unknown-tensor", /model\.safetensors: tensor "extra" is no weight/, (tensors) => rename(tensors, wpe, "extra")],
    [
      "unknown-tensor",
      /tensors "transformer\.wpe\.weight" and "wpe\.weight" are the same weight/,
      (tensors) => tensors.set("wpe.weight", tensors.get(wpe)!),
    ],
    [
      "shape-mismatch",
      /tensor "transformer\.wpe\.weight" has shape \[32,128\], config\.json wants \[128,32\]/,
      (tensors) => tensors.set(wpe, { ...tensors.get(wpe)!, shape: [32, 128] }),
    ],
    [
      "bad-dtype",
      /tensor "transformer\.wpe\.weight" is I32/,
      (tensors) => tensors.set(wpe, { dtype: "I32", shape: [128, 32], data: new Int32Array(4096) }),
    ],
    [
      "not-finite",
      /model\.safetensors: tensor "transformer\.wpe\.weight" holds NaN at element 5/,
      (tensors) => tensors.set(wpe, { ...tensors.get(wpe)!, data: new Float32Array(4096).fill(Number.NaN, 5, 6) }),
    ],
    [
      "not-finite",
      /holds -Infinity at element 4095/,
      (tensors) => tensors.set(wpe, { ...tensors.get(wpe)!, data: new Float32Array(4096).fill(-Infinity, 4095) }),
    ],
  ];
  const before = tf.memory().numTensors;
  for (const [code, message, edit] of edits)
    await expect(loadPolicy(await modelFolder({ edit }))).rejects.toMatchObject({
      name: "PolicyError",
      code,
      message: expect.stringMatching(message),
    });
  expect(tf.memory().numTensors).toBe(before);
});

test("configurations that are wrong or not supported are refused with the file and the field", async () => {
  const cases: [code: string, config: Record<string, unknown>, message: RegExp][] = [
    ["unsupported-config", { model_type: "opt" }, /config\.json: model_type is "opt"; supported: "gpt2"/],
    ["unsupported-config", { activation_function: "relu" }, /activation_function is "relu"; supported: "gelu_new", "gelu_pytorch_tanh"/],
    ["unsupported-config", { scale_attn_by_inverse_layer_idx: true }, /scale_attn_by_inverse_layer_idx is true/],
    ["missing-tensor", { tie_word_embeddings: false }, /model\.safetensors: tensor "lm_head\.weight" is missing/],
    ["bad-config", { tie_word_embeddings: "no" }, /tie_word_embeddings is "no", expected true or false/],
    ["bad-config", { n_embd: -32 }, /config\.json: n_embd is -32, expected a positive integer/],
    ["bad-config", { n_head: 3 }, /n_embd 32 is no multiple of n_head 3/],
    ["bad-config", { eos_token_id: 512 }, /eos_token_id is 512, expected ids within 0 … 511/],
    ["bad-config", { vocab_size: 500 }, /the tokenizer has 512 ids, the model's vocab_size is 500/],
    ["shape-mismatch", { n_inner: 64 }, /mlp\.c_fc\.weight" has shape \[32,128\], config\.json wants \[32,64\]/],
  ];
  for (const [code, config, message] of cases) {
    const folder = await modelFolder({ config, generationConfig: { eos_token_id: null } });
    await expect(loadPolicy(folder)).rejects.toMatchObject({ name: "PolicyError", code, message: expect.stringMatching(message) });
  }
});

test("gelu_pytorch_tanh is another name of the same activation", async () => {
  const policy = await loadPolicy(await modelFolder({ config: { activation_function: "gelu_pytorch_tanh" } }));
  expect(policy.layerCount).toBe(2);
  policy.dispose();
});

test("missing and damaged files are refused by name", async () => {
  const empty = await temporaryFolder();
  await expect(loadPolicy(empty)).rejects.toMatchObject({
    code: "missing-file",
    message: expect.stringContaining(join(empty, "config.json")),
  });

  const noJson = await modelFolder();
  await writeFile(join(noJson, "config.json"), "{ model_type:");
  await expect(loadPolicy(noJson)).rejects.toMatchObject({
    code: "bad-config",
    message: expect.stringMatching(/config\.json is not JSON/),
  });

  const noWeights = await modelFolder();
  await rm(join(noWeights, "model.safetensors"));
  await expect(loadPolicy(noWeights)).rejects.toSatisfy((error) => SafetensorsError.isInstance(error));

  const cut = await modelFolder();
  const { length } = await readFile(join(cut, "model.safetensors"));
  await truncate(join(cut, "model.safetensors"), length - 1000);
  await expect(loadPolicy(cut)).rejects.toSatisfy(
    (error) => SafetensorsError.isInstance(error) && error.message.includes("model.safetensors"),
  );

  const noTokenizer = await modelFolder();
  await rm(join(noTokenizer, "tokenizer.json"));
  await expect(loadPolicy(noTokenizer)).rejects.toThrow("tokenizer.json");
});
