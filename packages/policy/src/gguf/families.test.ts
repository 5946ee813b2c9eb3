import { openGguf } from "@cai/gguf";
import { familyModels } from "@cai/testing";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { CausalPolicy } from "../policy.ts";
import { exportGguf } from "./export.ts";
import { roundTrip } from "./gguf.fixture.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const [qwen3, gemma3] = familyModels.map(({ folder }) => folder) as [string, string];

async function exported(folder: string) {
  const policy = await loadPolicy(folder);
  const { path, again } = await roundTrip(policy);
  for (const one of [policy, again]) one.dispose();
  return openGguf(path);
}

describe.each(familyModels)("$name", ({ folder, batch }) => {
  test("comes back from a file in float32: weights to the last bit of a sum, computations and ends of text", async () => {
    const policy = await loadPolicy(folder);
    const { again } = await roundTrip(policy);
    // Gains that are stored larger by 1 lose what float32 has no room for there: half of its step below 2, at most.
    const step = 2 ** -24;
    for (const [name, { value }] of policy.parameters) {
      const [before, after] = [await value.data(), await again.parameters.get(name)!.value.data()];
      expect(Math.max(...before.map((x, i) => Math.abs(x - after[i]!))), name).toBeLessThanOrEqual(2 * step);
    }
    const logitsOf = (one: CausalPolicy) => tf.tidy(() => one.logits(one.hiddenStates(batch)).dataSync());
    const wanted = logitsOf(policy);
    expect(Math.max(...logitsOf(again).map((x, i) => Math.abs(x - wanted[i]!)))).toBeLessThan(2e-5);
    expect(again).toMatchObject({ eosTokenIds: policy.eosTokenIds, contextLength: policy.contextLength });
    expect(again.parts.architecture.rotaryFrequencies).toEqual(policy.parts.architecture.rotaryFrequencies);
    for (const one of [policy, again]) one.dispose();
  });
});

test("Qwen3 has llama.cpp's names, with the norms of heads; rows of queries and keys stay where they are", async () => {
  const file = await exported(qwen3);
  const names = [...file.tensors.keys()].filter((name) => name.startsWith("blk.0.")).map((name) => name.slice(6, -".weight".length));
  expect(names.sort()).toEqual(
    [
      "attn_norm",
      "attn_q",
      "attn_q_norm",
      "attn_k",
      "attn_k_norm",
      "attn_v",
      "attn_output",
      "ffn_norm",
      "ffn_gate",
      "ffn_up",
      "ffn_down",
    ].sort(),
  );
  expect(file.metadata.get("general.architecture")).toBe("qwen3");
  expect(file.metadata.get("qwen3.attention.key_length")).toBe(8);
  const policy = await loadPolicy(qwen3);
  expect(await file.readFloat32("blk.0.attn_q.weight")).toEqual(
    await policy.parameters.get("model.layers.0.self_attn.q_proj.weight")!.value.data(),
  );
  await file.close();
  policy.dispose();
});

test("Gemma 3 has llama.cpp's names and metadata, and gains larger by 1", async () => {
  const file = await exported(gemma3);
  const norms = [...file.tensors.keys()].filter((name) => /^blk\.0\..*norm/.test(name)).map((name) => name.slice(6, -".weight".length));
  expect(norms.sort()).toEqual(["attn_norm", "attn_q_norm", "attn_k_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"].sort());
  expect(file.metadata.get("general.architecture")).toBe("gemma3");
  for (const [key, value] of [
    ["attention.sliding_window", 128],
    ["rope.freq_base", 1_000_000],
    ["rope.freq_base_swa", 10_000],
    ["attention.key_length", 8],
  ] as const)
    expect(file.metadata.get(`gemma3.${key}`), key).toBe(value);
  const policy = await loadPolicy(gemma3);
  const gains = await policy.parameters.get("model.layers.0.post_attention_layernorm.weight")!.value.data();
  expect(await file.readFloat32("blk.0.post_attention_norm.weight")).toEqual(Float32Array.from(gains, (gain) => gain + 1));
  await file.close();
  policy.dispose();
});

test.each<[what: string, folder: string, fields: object, message: RegExp]>([
  [
    "local layers in another order",
    gemma3,
    { layer_types: Array(6).fill("sliding_attention") },
    /no words for other local layers than all but every 6th/,
  ],
  ["queries of another scale", gemma3, { query_pre_attn_scalar: 20 }, /no words for the query_pre_attn_scalar 20/],
  ["a Gemma's biases", gemma3, { attention_bias: true }, /no words for biases/],
  ["a Qwen's biases", qwen3, { attention_bias: true }, /no words for biases/],
])("%s are refused, as llama.cpp would read another model", async (_, folder, fields, message) => {
  const policy = await loadPolicy(folder);
  const other = new CausalPolicy({ ...policy.parts, config: { ...policy.parts.config, ...fields } });
  await expect(exportGguf({ policy: other, path: "/nowhere/model.gguf" })).rejects.toMatchObject({
    code: "unsupported-config",
    message: expect.stringMatching(message),
  });
  policy.dispose();
});

test("a Gemma 3 file without a window has global layers only; the local base is the usual one where none is told", async () => {
  const policy = await loadPolicy(gemma3);
  const global = { ...policy.parts.config, layer_types: Array(6).fill("full_attention"), sliding_window: null };
  const { again } = await roundTrip(new CausalPolicy({ ...policy.parts, config: global }));
  const [first, last] = [again.parts.architecture.rotaryFrequencies![0]!, again.parts.architecture.rotaryFrequencies![5]!];
  expect(first).toBe(last);
  expect(again.parts.config).toMatchObject({ sliding_window_pattern: 1, rope_theta: 1_000_000, rope_local_base_freq: 10_000 });
  for (const one of [policy, again]) one.dispose();
});
