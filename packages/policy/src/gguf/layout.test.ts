import { expect, test } from "vitest";
import { architectureOf, familyOf } from "../families/registry.ts";
import { fromGgufLayout, ggufLayout, toGgufLayout } from "./layout.ts";

const llama = {
  model_type: "llama",
  vocab_size: 8,
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 16,
  attention_bias: true,
  tie_word_embeddings: true,
};
const gpt2 = { model_type: "gpt2", vocab_size: 8, n_positions: 4, n_embd: 2, n_layer: 1, n_head: 1 };

const layoutOf = (config: Readonly<Record<string, unknown>>, name: string) => {
  const architecture = architectureOf(config, "config.json");
  return ggufLayout(architecture.parameters.find((spec) => spec.name.endsWith(name))!, architecture, familyOf(config, "config.json").gguf);
};
/** The row numbers of a matrix whose rows hold their own number. */
const rowsOf = (values: Float32Array, columns: number) => [...values].filter((_, i) => i % columns === 0);
const numbered = (rows: number, columns: number) => Float32Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns));

test("a file's rows 0, 1, 2, 3 of a query head of four are rows 0, 2, 1, 3, head by head", () => {
  const layout = layoutOf(llama, "q_proj.weight");
  expect(layout).toEqual({ transposed: false, interleavedHeads: 2, shape: [8, 8] });
  expect(rowsOf(fromGgufLayout(numbered(8, 8), layout), 8)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
});

test("row 2i + s of a head of eight is row 4s + i, and back; keys have heads of their own", () => {
  const wide = { ...llama, num_attention_heads: 1, head_dim: 8 };
  expect(rowsOf(fromGgufLayout(numbered(8, 8), layoutOf(wide, "q_proj.weight")), 8)).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
  expect(rowsOf(toGgufLayout(numbered(8, 8), layoutOf(wide, "q_proj.weight")), 8)).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  expect(layoutOf(llama, "k_proj.weight")).toEqual({ transposed: false, interleavedHeads: 1, shape: [4, 8] });
});

test("biases of queries and keys are reordered like the rows; values are not", () => {
  expect([...fromGgufLayout(numbered(8, 1), layoutOf(llama, "q_proj.bias"))]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  expect(layoutOf(llama, "v_proj.weight").interleavedHeads).toBeUndefined();
});

test("Qwen2's rows stay where they are", () => {
  const qwen2 = { ...llama, model_type: "qwen2" };
  expect(layoutOf(qwen2, "q_proj.weight")).toEqual({ transposed: false, interleavedHeads: undefined, shape: [8, 8] });
});

test("GPT-2's linear weights are transposed, its embeddings not", () => {
  const layout = layoutOf(gpt2, "c_attn.weight");
  expect(layout).toEqual({ transposed: true, interleavedHeads: undefined, shape: [6, 2] });
  const stored = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  expect([...fromGgufLayout(stored, layout)]).toEqual([1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12]);
  expect(toGgufLayout(fromGgufLayout(stored, layout), layout)).toEqual(stored);
  expect(layoutOf(gpt2, "wte.weight").transposed).toBe(false);
  expect(layoutOf(gpt2, "wpe.weight").transposed).toBe(false);
});

test("what is exported stays as it is", () => {
  const values = numbered(8, 8);
  toGgufLayout(values, layoutOf(llama, "q_proj.weight"));
  expect(values).toEqual(numbered(8, 8));
});
