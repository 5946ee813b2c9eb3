import { expect, test } from "vitest";
import { architectureOf } from "./registry.ts";

const config = { model_type: "gpt2", vocab_size: 50257, n_positions: 1024, n_embd: 768, n_layer: 12, n_head: 12 };
const architecture = architectureOf(config, "config.json");
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

test("GPT-2 small has its published 124,439,808 weights, the tied output counted once", () => {
  expect(architecture.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(124_439_808);
});

test("linear weights are stored [in, out], the inner layer four times as wide unless n_inner says otherwise", () => {
  const shapeOf = (fields: object, name: string) =>
    architectureOf({ ...config, ...fields }, "config.json").parameters.find((one) => one.name === `transformer.h.0.${name}.weight`)?.shape;
  expect(shapeOf({}, "attn.c_attn")).toEqual([768, 2304]);
  expect(shapeOf({ n_inner: null }, "mlp.c_fc")).toEqual([768, 3072]);
  expect(shapeOf({ n_inner: 1000 }, "mlp.c_proj")).toEqual([1000, 768]);
});

test("both residual outputs of a block start smaller by the square root of twice the layers", () => {
  const deviations = new Map(
    architecture.parameters.map(({ name, initial }) => [name, "standardDeviation" in initial ? initial.standardDeviation : 0]),
  );
  expect(deviations.get("transformer.wte.weight")).toBe(0.02);
  expect(deviations.get("transformer.h.3.mlp.c_fc.weight")).toBe(0.02);
  expect(deviations.get("transformer.h.3.mlp.c_proj.weight")).toBeCloseTo(0.02 / Math.sqrt(24), 12);
  expect(deviations.get("transformer.h.3.attn.c_proj.weight")).toBeCloseTo(0.02 / Math.sqrt(24), 12);
});

test("names in files are the parameters' with or without the prefix; buffers and the tied output hold no weight", () => {
  expect(architecture.parameterName("h.0.attn.c_attn.bias")).toBe("transformer.h.0.attn.c_attn.bias");
  expect(architecture.parameterName("transformer.wte.weight")).toBe("transformer.wte.weight");
  for (const name of ["lm_head.weight", "h.11.attn.bias", "transformer.h.0.attn.masked_bias"])
    expect(architecture.parameterName(name)).toBeUndefined();
});

test("an output of its own is a weight after the last norm; unsaid, it is the embedding", () => {
  const untied = architectureOf({ ...config, tie_word_embeddings: false }, "config.json");
  expect(untied.outputWeight).toBe("lm_head.weight");
  expect(untied.parameters.at(-1)).toMatchObject({ name: "lm_head.weight", shape: [50257, 768], layer: 12 });
  expect(untied.parameterName("lm_head.weight")).toBe("lm_head.weight");
  expect(untied.parameters.slice(0, -1)).toEqual(architecture.parameters);
  expect(architecture.outputWeight).toBe("transformer.wte.weight");
});
