import { expect, test } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { adapterTensors } from "./adapter-tensors.ts";
import type { LoraSettings } from "./lora-settings.ts";

const config = { model_type: "gpt2", vocab_size: 50, n_positions: 8, n_embd: 4, n_layer: 2, n_head: 1 };
const architecture = architectureOf(config, "config.json");
const tensorsOf = (settings: LoraSettings) => adapterTensors({ architecture, widened: architecture, settings, where: "LoRA" });
const scalesOf = (settings: Omit<LoraSettings, "targets">) =>
  tensorsOf({ targets: ["c_fc"], ...settings }).flatMap((tensor) => (tensor.role === "A" ? [[tensor.shape[0], tensor.scale]] : []));

test("the scale of a layer is alpha / rank, or alpha / √rank, with its own alpha and rank where a pattern matches", () => {
  expect(scalesOf({ rank: 4, alpha: 8 })).toEqual([[4, 2], [4, 2]]); // biome-ignore format: a line
  expect(scalesOf({ rank: 4, alpha: 8, useRslora: true })).toEqual([[4, 4], [4, 4]]); // biome-ignore format: a line
  expect(scalesOf({ rank: 4, alpha: 8, rankPattern: [["h.1.mlp.c_fc", 2]], alphaPattern: [["^transformer.h.0.*", 1]] })).toEqual([
    [4, 0.25],
    [2, 4],
  ]);
});

test("of several patterns the first counts that an end of the name matches, after a dot, or all of it", () => {
  const rankPattern = (...patterns: string[]) => patterns.map((pattern, index) => [pattern, index + 1] as const);
  const ranks = (...patterns: string[]) => scalesOf({ rank: 9, alpha: 9, rankPattern: rankPattern(...patterns) }).map(([rank]) => rank);
  expect(ranks("fc", "h.0.mlp.c_fc", "c_fc")).toEqual([2, 3]);
  expect(ranks("mlp", "transformer.h.1", "transformer.h.1.*")).toEqual([9, 3]);
});

test("names, shapes and order are those of PEFT's files", () => {
  const settings = { rank: 2, alpha: 2, targets: ["transformer.h.1.mlp.c_fc"], bias: "lora_only", modulesToSave: ["ln_f"] } as const;
  const prefix = "base_model.model.transformer";
  const layer = `${prefix}.h.1.mlp.c_fc`;
  const named = (more: Partial<LoraSettings>) => tensorsOf({ ...settings, ...more }).map(({ name, shape }) => [name, shape]);
  expect(named({ useDora: true })).toEqual([
    [`${layer}.lora_A.weight`, [2, 4]],
    [`${layer}.lora_B.weight`, [16, 2]],
    [`${layer}.lora_magnitude_vector`, [16]],
    [`${layer}.base_layer.bias`, [16]],
    [`${prefix}.ln_f.weight`, [4]],
    [`${prefix}.ln_f.bias`, [4]],
  ]);
  expect(named({ loraBias: true })).toContainEqual([`${layer}.lora_B.bias`, [16]]);
  const all = named({ bias: "all" }).map(([name]) => name);
  expect(all).toContain(`${prefix}.h.0.ln_1.bias`);
  expect(all).toContain(`${prefix}.h.0.mlp.c_fc.bias`);
  expect(all).toContain(`${layer}.base_layer.bias`);
});
