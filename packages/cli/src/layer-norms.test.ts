import type { ParameterNorm } from "@cai/training";
import { expect, test } from "vitest";
import { layerNorms } from "./layer-norms.ts";

const parameter = (name: string, layer: number, norm: number, optimizer = 0): ParameterNorm => ({ name, layer, norm, optimizer });

test("parameters of one part are one number, from the embedding up; the squares add up", () => {
  const norms = [
    parameter("transformer.wte.weight", -1, 3),
    parameter("transformer.wpe.weight", -1, 4),
    parameter("transformer.h.0.attn.c_attn.weight", 0, 1),
    parameter("transformer.h.1.attn.c_attn.weight", 1, 6),
    parameter("transformer.h.1.mlp.c_fc.bias", 1, 8),
    parameter("lm_head.weight", 2, 0.5),
    parameter("transformer.ln_f.weight", 2, 2),
    parameter("v_head.weight", Number.POSITIVE_INFINITY, 7, 1),
  ];
  expect(layerNorms(norms)).toEqual([
    { layer: "embedding", norm: 5, optimizer: 0 },
    { layer: "block 0", norm: 1, optimizer: 0 },
    { layer: "block 1", norm: 10, optimizer: 0 },
    { layer: "final norm", norm: 2, optimizer: 0 },
    { layer: "head", norm: 0.5, optimizer: 0 },
    { layer: "value head", norm: 7, optimizer: 1 },
  ]);
});

test("an adapter's matrices belong to the block that they adapt, and a value model of its own is one part", () => {
  const norms = [
    parameter("model.layers.0.self_attn.q_proj.lora_A.weight", 0, 3),
    parameter("model.layers.0.self_attn.q_proj.lora_B.weight", 0, 4),
    parameter("lm_head.lora_A.weight", 1, 1),
    parameter("value.model.layers.0.mlp.up_proj.weight", 0, 3, 1),
    parameter("value.model.embed_tokens.weight", -1, 4, 1),
  ];
  expect(layerNorms(norms).map(({ layer, norm }) => [layer, norm])).toEqual([
    ["block 0", 5],
    ["head", 1],
    ["value model", 5],
  ]);
});
