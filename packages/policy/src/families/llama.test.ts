import { expect, test } from "vitest";
import type { ModelArchitecture } from "./family.ts";
import { architectureOf } from "./registry.ts";

const config = {
  model_type: "llama",
  vocab_size: 49152,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 8192,
  tie_word_embeddings: true,
};
const architecture = (fields: object = {}): ModelArchitecture => architectureOf({ ...config, ...fields }, "config.json");
const weightCount = ({ parameters }: ModelArchitecture): number =>
  parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
const namesOf = ({ parameters }: ModelArchitecture): string[] => parameters.map(({ name }) => name);

test("published models have their published numbers of weights", () => {
  expect(weightCount(architecture())).toBe(134_515_008); // SmolLM2-135M
  const llama32 = { vocab_size: 128_256, hidden_size: 2048, intermediate_size: 8192, num_hidden_layers: 16, num_attention_heads: 32 };
  expect(weightCount(architecture({ ...llama32, num_key_value_heads: 8, head_dim: 64 }))).toBe(1_235_814_400); // Llama-3.2-1B
  const qwen = { model_type: "qwen2", vocab_size: 151_936, hidden_size: 896, intermediate_size: 4864, num_hidden_layers: 24 };
  expect(weightCount(architecture({ ...qwen, num_attention_heads: 14, num_key_value_heads: 2 }))).toBe(494_032_768); // Qwen2.5-0.5B
  const mistral = { model_type: "mistral", vocab_size: 32_000, hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32 };
  const heads = { num_attention_heads: 32, num_key_value_heads: 8 };
  expect(weightCount(architecture({ ...mistral, ...heads, tie_word_embeddings: false, sliding_window: null }))).toBe(7_241_732_096);
});

test("linear weights are stored [out, in]; keys and values are as wide as their fewer heads", () => {
  const shapes = new Map(architecture({ head_dim: 80 }).parameters.map(({ name, shape }) => [name.replace("model.layers.29.", ""), shape]));
  expect(shapes.get("self_attn.q_proj.weight")).toEqual([720, 576]);
  expect(shapes.get("self_attn.k_proj.weight")).toEqual([240, 576]);
  expect(shapes.get("self_attn.v_proj.weight")).toEqual([240, 576]);
  expect(shapes.get("self_attn.o_proj.weight")).toEqual([576, 720]);
  expect(shapes.get("mlp.gate_proj.weight")).toEqual([1536, 576]);
  expect(shapes.get("mlp.down_proj.weight")).toEqual([576, 1536]);
});

test("weights start normal with one deviation, norms at 1, biases at 0", () => {
  const { parameters } = architecture({ num_hidden_layers: 1, attention_bias: true, initializer_range: 0.03 });
  for (const { name, initial } of parameters)
    expect(initial, name).toEqual(
      name.endsWith("norm.weight") ? { constant: 1 } : name.endsWith(".bias") ? { constant: 0 } : { standardDeviation: 0.03 },
    );
});

test("an output matrix of its own stands behind the last block; a tied one is the embedding", () => {
  const untied = architecture({ tie_word_embeddings: false });
  expect(untied).toMatchObject({ outputWeight: "lm_head.weight", layerCount: 30 });
  expect(untied.parameters.at(-1)).toMatchObject({ name: "lm_head.weight", shape: [49152, 576], layer: 30 });
  expect(untied.parameterName("lm_head.weight")).toBe("lm_head.weight");
  const tied = architecture();
  expect(tied.outputWeight).toBe("model.embed_tokens.weight");
  expect(namesOf(tied)).not.toContain("lm_head.weight");
  expect(tied.parameterName("lm_head.weight")).toBeUndefined();
});

test("each model type has its own biases", () => {
  const biases = (fields: object): string[] =>
    namesOf(architecture({ num_hidden_layers: 1, ...fields }))
      .filter((name) => name.endsWith(".bias"))
      .map((name) => name.split(".").at(-2)!);
  const attention = ["q_proj", "k_proj", "v_proj"];
  expect(biases({})).toEqual([]);
  expect(biases({ attention_bias: true })).toEqual([...attention, "o_proj"]);
  expect(biases({ mlp_bias: true })).toEqual(["gate_proj", "up_proj", "down_proj"]);
  expect(biases({ model_type: "qwen2" })).toEqual(attention);
  expect(biases({ model_type: "mistral", sliding_window: null })).toEqual([]);
});

test("without a number of key and value heads a Llama has one for each head, as in the first models", () => {
  const { parameters } = architecture({ num_key_value_heads: undefined });
  expect(parameters.find(({ name }) => name.endsWith("0.self_attn.k_proj.weight"))?.shape).toEqual([576, 576]);
});

test("names in files are the parameters' with or without the prefix; rotary frequencies hold no weight", () => {
  const { parameterName } = architecture();
  expect(parameterName("model.layers.0.mlp.up_proj.weight")).toBe("model.layers.0.mlp.up_proj.weight");
  expect(parameterName("layers.0.mlp.up_proj.weight")).toBe("model.layers.0.mlp.up_proj.weight");
  expect(parameterName("norm.weight")).toBe("model.norm.weight");
  for (const name of ["model.layers.3.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq"])
    expect(parameterName(name)).toBeUndefined();
});

test("an attention window that would count is refused with the way to do without; one that would not is fine", () => {
  const windowed = /sliding_window is 4096 and max_position_embeddings 8192: .*set max_position_embeddings to 4096/;
  for (const fields of [
    { model_type: "mistral", sliding_window: 4096 },
    { model_type: "mistral" },
    { model_type: "qwen2", use_sliding_window: true, sliding_window: 4096 },
    { model_type: "qwen2", use_sliding_window: true },
    { model_type: "qwen2", use_sliding_window: true, max_window_layers: 29 },
    { model_type: "qwen2", use_sliding_window: true, max_window_layers: 30, layer_types: ["full_attention", "sliding_attention"] },
  ])
    expect(() => architecture(fields)).toThrow(
      expect.objectContaining({ code: "unsupported-config", message: expect.stringMatching(windowed) }),
    );
  for (const fields of [
    { model_type: "mistral", sliding_window: null },
    { model_type: "mistral", sliding_window: 8192 },
    { model_type: "mistral", max_position_embeddings: 4096 },
    { model_type: "qwen2", use_sliding_window: false, sliding_window: 4096 },
    { model_type: "qwen2", sliding_window: 4096 },
    { model_type: "qwen2", use_sliding_window: true, sliding_window: 4096, max_window_layers: 30 },
    { model_type: "qwen2", use_sliding_window: true, sliding_window: 4096, layer_types: Array(30).fill("full_attention") },
    { model_type: "qwen2", use_sliding_window: true, sliding_window: null },
    { model_type: "qwen2", use_sliding_window: true, sliding_window: 32_768 },
  ])
    expect(architecture(fields).layerCount).toBe(30);
});

test("configurations that are wrong or not supported are refused with the file and the field", () => {
  const refused: [code: string, message: RegExp, fields: object][] = [
    ["unsupported-config", /hidden_act is "gelu"; supported: "silu"/, { hidden_act: "gelu" }],
    ["unsupported-config", /rope_scaling: rope_type is "yarn"/, { rope_scaling: { rope_type: "yarn", factor: 4 } }],
    ["bad-config", /num_attention_heads 9 is no multiple of num_key_value_heads 2/, { num_key_value_heads: 2 }],
    ["bad-config", /hidden_size 576 is no multiple of num_attention_heads 10/, { num_attention_heads: 10, num_key_value_heads: 5 }],
    ["bad-config", /a head has 63 numbers/, { head_dim: 63 }],
    ["bad-config", /attention_bias is "yes", expected true or false/, { attention_bias: "yes" }],
    ["bad-config", /rms_norm_eps is -1, expected a positive number/, { rms_norm_eps: -1 }],
    ["bad-config", /intermediate_size is undefined, expected a positive integer/, { intermediate_size: undefined }],
    ["bad-config", /num_key_value_heads is null/, { model_type: "qwen2", num_key_value_heads: null }],
  ];
  for (const [code, message, fields] of refused)
    expect(() => architecture(fields)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});
