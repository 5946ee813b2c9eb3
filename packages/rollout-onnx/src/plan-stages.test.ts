import { type CausalPolicy, createPolicy } from "@cai/policy";
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
  const policy = await gpt2Of({ n_embd: 8, n_layer: 3, n_head: 1 });
  const { stages, embeddings } = planStages(policy.parts.architecture, "int8");
  expect(stages.map(({ layers }) => layers)).toEqual([[0, 1, 2], []]);
  expect(embeddings).toEqual({ tokens: "transformer.wte.weight", positions: "transformer.wpe.weight" });
  const last = stages[1]!.weights.map(({ parameter, form }) => `${parameter} ${form}`);
  expect(last).toEqual(["transformer.ln_f.weight float32", "transformer.ln_f.bias float32", "transformer.wte.weight int8"]);
  const used = new Set([...stages.flatMap(({ weights }) => weights.map(({ parameter }) => parameter)), ...Object.values(embeddings)]);
  expect(used).toEqual(new Set(policy.parameters.keys()));
  policy.dispose();
});

test("layers are cut into stages of about 32 million numbers", async () => {
  const policy = await gpt2Of({ n_embd: 16, n_layer: 12, n_head: 2 });
  const { architecture } = policy.parts;
  policy.dispose();
  const more = Array.from({ length: 12 }, (_, layer) => ({
    name: `transformer.h.${layer}.x`,
    layer,
    shape: [7_000_000],
    initial: { constant: 0 },
  }));
  const { stages } = planStages({ ...architecture, parameters: [...architecture.parameters, ...more] }, "float32");
  expect(stages.map(({ layers }) => layers.length)).toEqual([4, 4, 4, 0]);
});

async function gpt2Of(sizes: Readonly<Record<string, number>>): Promise<CausalPolicy> {
  const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: { a: 0, b: 1 }, merges: [] } } });
  return createPolicy({ config: { model_type: "gpt2", vocab_size: 2, n_positions: 8, ...sizes }, seed: 1, tokenizer });
}
