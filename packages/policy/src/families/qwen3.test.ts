import { expect, test } from "vitest";
import { architectureOf } from "./registry.ts";

/** Qwen3-0.6B. */
const config = {
  model_type: "qwen3",
  vocab_size: 151_936,
  hidden_size: 1024,
  intermediate_size: 3072,
  num_hidden_layers: 28,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
  max_position_embeddings: 40_960,
  tie_word_embeddings: true,
};

test("Qwen3-0.6B has its published 596,049,920 weights", () => {
  const { parameters } = architectureOf(config, "config.json");
  expect(parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)).toBe(596_049_920);
});

test("queries and keys have a norm of a head's size each; biases are there where they are asked for", () => {
  const shapes = (fields: object) =>
    new Map(
      architectureOf({ ...config, ...fields }, "config.json").parameters.map(({ name, shape }) => [
        name.replace("model.layers.3.", ""),
        shape,
      ]),
    );
  expect(shapes({}).get("self_attn.q_norm.weight")).toEqual([128]);
  expect(shapes({}).get("self_attn.k_norm.weight")).toEqual([128]);
  expect(shapes({}).has("self_attn.q_proj.bias")).toBe(false);
  expect(shapes({ attention_bias: true }).get("self_attn.o_proj.bias")).toEqual([1024]);
});

test("a head has 128 numbers where none are told, whatever its share of the hidden size", () => {
  expect(architectureOf({ ...config, head_dim: undefined }, "config.json").attention.headSize).toBe(128);
});

test("an attention window that is in use and shorter than the context is refused, and one that is off is not", () => {
  const windowed = { ...config, use_sliding_window: true, sliding_window: 4096, max_window_layers: 10 };
  expect(() => architectureOf(windowed, "config.json")).toThrow("sliding_window is 4096 and max_position_embeddings 40960");
  for (const off of [{ max_window_layers: 28 }, { use_sliding_window: false }, { layer_types: Array(28).fill("full_attention") }])
    expect(architectureOf({ ...windowed, ...off }, "config.json").contextLength).toBe(40_960);
});
