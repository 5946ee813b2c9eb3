import { expect, test } from "vitest";
import type { ModelArchitecture } from "./family.ts";
import { architectureOf } from "./registry.ts";

/** Gemma 3's 1B, over as many tokens as its window has. */
const config = {
  model_type: "gemma3_text",
  vocab_size: 262_144,
  hidden_size: 1152,
  intermediate_size: 6912,
  num_hidden_layers: 26,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 256,
  max_position_embeddings: 512,
  sliding_window: 512,
};
const architecture = (fields: object = {}): ModelArchitecture => architectureOf({ ...config, ...fields }, "config.json");
/** Radians a position of the second pair of each layer's heads: base^(−2 / d). */
const bases = (fields: object): number[] =>
  architecture(fields).rotaryFrequencies!.map((frequencies) => Math.round(frequencies[1]! ** (-256 / 2)));

test("Gemma 3's 1B has its published 999,885,952 weights, output tied, norms starting at 0, embeddings times the root of their size", () => {
  const { parameters, outputWeight, embedding } = architecture();
  expect(parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)).toBe(999_885_952);
  expect(outputWeight).toBe("model.embed_tokens.weight");
  expect(embedding.scale).toBe(Math.sqrt(1152));
  for (const { name, initial } of parameters) if (name.endsWith("norm.weight")) expect(initial, name).toEqual({ constant: 0 });
});

test("layers are local but every sixth, with a base of their own", () => {
  const six = [10_000, 10_000, 10_000, 10_000, 10_000, 1_000_000];
  expect(
    bases({})
      .slice(0, 12)
      .map((base) => Number(base.toPrecision(3))),
  ).toEqual([...six, ...six]);
});

test("layers may be listed, or counted otherwise; bases stand in fields of their own or by the kind of layer", () => {
  const three = { num_hidden_layers: 3 };
  const rounded = (fields: object) => bases({ ...three, ...fields }).map((base) => Number(base.toPrecision(3)));
  expect(rounded({ sliding_window_pattern: 2, rope_theta: 4000, rope_local_base_freq: 50 })).toEqual([50, 4000, 50]);
  const layer_types = ["full_attention", "sliding_attention", "sliding_attention"];
  const rope_parameters = { full_attention: { rope_type: "default", rope_theta: 700 }, sliding_attention: { rope_theta: 60 } };
  expect(rounded({ layer_types, rope_parameters })).toEqual([700, 60, 60]);
});

test("linear scaling stretches global layers only", () => {
  const { rotaryFrequencies } = architecture({ rope_scaling: { rope_type: "linear", factor: 8 } });
  expect(rotaryFrequencies![0]![0]).toBe(1);
  expect(rotaryFrequencies![5]![0]).toBe(1 / 8);
});

test("what is not built, and what makes no sense, is refused by its field", () => {
  const refused: [fields: object, code: string, message: RegExp][] = [
    [
      { max_position_embeddings: 32_768 },
      "unsupported-config",
      /sliding_window is 512 and max_position_embeddings 32768.*set max_position_embeddings to 512/,
    ],
    [{ final_logit_softcapping: 30 }, "unsupported-config", /final_logit_softcapping is 30; supported: models without it/],
    [{ attn_logit_softcapping: 50 }, "unsupported-config", /attn_logit_softcapping is 50/],
    [{ hidden_activation: "silu" }, "unsupported-config", /hidden_activation is "silu"; supported: "gelu_pytorch_tanh"/],
    [{ use_bidirectional_attention: true }, "unsupported-config", /use_bidirectional_attention is true/],
    [{ layer_types: ["full_attention"] }, "bad-config", /layer_types is \["full_attention"\], expected one of .* for each of 26 layers/],
    [
      { rope_parameters: { rope_type: "default", rope_theta: 1e6 } },
      "bad-config",
      /rope_parameters is .*expected those of "full_attention"/,
    ],
    [{ query_pre_attn_scalar: 0 }, "bad-config", /query_pre_attn_scalar is 0, expected a positive number/],
  ];
  for (const [fields, code, message] of refused)
    expect(() => architecture(fields)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test("without a local layer no window counts", () => {
  expect(architecture({ max_position_embeddings: 32_768, layer_types: Array(26).fill("full_attention") }).contextLength).toBe(32_768);
});
