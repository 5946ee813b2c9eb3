import { expect, test } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { savedWeights } from "./saved-weights.ts";
import { targetLayers } from "./targets.ts";

const config = { model_type: "gpt2", vocab_size: 50, n_positions: 8, n_embd: 4, n_layer: 2, n_head: 1 };
const tied = architectureOf(config, "config.json");
const untied = architectureOf({ ...config, tie_word_embeddings: false }, "config.json");

test("a module is replaced with all of its weights, by how its name ends, or that of a module around it", () => {
  const saved = (...modulesToSave: string[]) => savedWeights(untied, { targets: [], modulesToSave }, [], "LoRA");
  expect(saved("wte", "lm_head")).toEqual(["transformer.wte.weight", "lm_head.weight"]);
  expect(saved("ln_f", "h.1.ln_1")).toEqual([
    "transformer.h.1.ln_1.weight",
    "transformer.h.1.ln_1.bias",
    "transformer.ln_f.weight",
    "transformer.ln_f.bias",
  ]);
  expect(saved("h.1.mlp")).toEqual(
    ["c_fc", "c_proj"].flatMap((name) => ["weight", "bias"].map((end) => `transformer.h.1.mlp.${name}.${end}`)),
  );
  expect(saved("score", "v_head")).toEqual([]);
});

test("of an output layer that is tied, it is the embedding", () => {
  expect(savedWeights(tied, { targets: [], modulesToSave: ["lm_head"] }, [], "LoRA")).toEqual(["transformer.wte.weight"]);
});

test("a layer that is adapted too is refused", () => {
  const selection = { targets: ["c_fc"], modulesToSave: ["fc"] };
  const targets = targetLayers(tied, selection, "LoRA");
  expect(() => savedWeights(tied, selection, targets, "LoRA")).toThrow(
    expect.objectContaining({ code: "unsupported-config", message: expect.stringContaining("replaces transformer.h.0.mlp.c_fc, which") }),
  );
});
