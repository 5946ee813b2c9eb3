import { createPolicy } from "@cai/policy";
import { createTokenizer } from "@cai/tokenizer";
import "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { blocksOf, planStages } from "./plan-stages.ts";

test("the vocabulary is summed in equal parts, of about its root where its factors allow it", () => {
  expect(blocksOf(50257)).toBe(29);
  expect(blocksOf(49152)).toBe(192);
  expect(blocksOf(512)).toBe(16);
  expect(blocksOf(509)).toBe(1);
  expect(blocksOf(1)).toBe(1);
});

test("all layers stand in stages, in their order, and the last stage gives the logits", async () => {
  const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: { a: 0, b: 1 }, merges: [] } } });
  const config = { model_type: "gpt2", vocab_size: 2, n_positions: 8, n_embd: 8, n_layer: 3, n_head: 1 };
  const policy = await createPolicy({ config, seed: 1, tokenizer });
  const { stages, embeddings } = planStages(policy.parts, "int8");
  expect(stages.map(({ layers }) => layers)).toEqual([[0, 1, 2], []]);
  expect(embeddings).toEqual({ tokens: "transformer.wte.weight", positions: "transformer.wpe.weight" });
  const last = stages[1]!.weights.map(({ parameter, form }) => `${parameter} ${form}`);
  expect(last).toEqual(["transformer.ln_f.weight float32", "transformer.ln_f.bias float32", "transformer.wte.weight int8"]);
  const used = new Set([...stages.flatMap(({ weights }) => weights.map(({ parameter }) => parameter)), ...Object.values(embeddings)]);
  expect(used).toEqual(new Set(policy.parameters.keys()));
  policy.dispose();
});

test("layers are cut into stages of about 32 million numbers", async () => {
  const parameters = Array.from({ length: 12 }, (_, layer) => ({
    name: `transformer.h.${layer}.x`,
    layer,
    shape: [7_000_000] as const,
    initial: { constant: 0 },
  }));
  const embeddings = ["transformer.wte.weight", "transformer.wpe.weight"].map((name) => ({
    name,
    layer: -1,
    shape: [100, 16] as const,
    initial: { constant: 0 },
  }));
  const names = [
    "ln_1.weight",
    "ln_1.bias",
    "ln_2.weight",
    "ln_2.bias",
    "attn.c_attn.weight",
    "attn.c_proj.weight",
    "mlp.c_fc.weight",
    "mlp.c_proj.weight",
  ];
  const small = Array.from({ length: 12 }, (_, layer) =>
    names.map((name) => ({ name: `transformer.h.${layer}.${name}`, layer, shape: [16, 16] as const, initial: { constant: 0 } })),
  ).flat();
  const norm = ["weight", "bias"].map((name) => ({
    name: `transformer.ln_f.${name}`,
    layer: 12,
    shape: [16] as const,
    initial: { constant: 0 },
  }));
  const architecture = {
    layerCount: 12,
    vocabSize: 100,
    parameters: [...embeddings, ...parameters, ...small, ...norm],
    linearLayout: "input-output",
    outputWeight: "transformer.wte.weight",
  } as const;
  const { stages } = planStages({ config: { model_type: "gpt2", n_embd: 16, n_head: 2 }, architecture }, "float32");
  expect(stages.map(({ layers }) => layers.length)).toEqual([4, 4, 4, 0]);
});
