import { expect, test } from "vitest";
import { decoderStructure } from "./decoder-structure.ts";

const sizes = {
  hiddenSize: 4,
  innerSize: 6,
  headCount: 2,
  keyValueHeadCount: 1,
  headSize: 2,
  layerCount: 2,
  vocabSize: 8,
  contextLength: 16,
  initialDeviation: 0.02,
  tied: false,
};
const block = [
  { name: "norm", shape: [4] },
  { name: "mlp.up", shape: [6, 4], bias: true },
];

test("weights stand in the order in which tokens meet them, with their blocks and what they start from", () => {
  const { parameters, outputWeight, embedding } = decoderStructure(sizes, block);
  const start = { standardDeviation: 0.02 };
  expect(parameters).toEqual([
    { name: "model.embed_tokens.weight", layer: -1, shape: [8, 4], initial: start },
    ...[0, 1].flatMap((layer) => [
      { name: `model.layers.${layer}.norm.weight`, layer, shape: [4], initial: { constant: 1 } },
      { name: `model.layers.${layer}.mlp.up.weight`, layer, shape: [6, 4], initial: start },
      { name: `model.layers.${layer}.mlp.up.bias`, layer, shape: [6], initial: { constant: 0 } },
    ]),
    { name: "model.norm.weight", layer: 2, shape: [4], initial: { constant: 1 } },
    { name: "lm_head.weight", layer: 2, shape: [8, 4], initial: start },
  ]);
  expect([outputWeight, embedding]).toEqual(["lm_head.weight", { tokens: "model.embed_tokens.weight" }]);
});

test("a tied output is the embedding, and norms may start elsewhere", () => {
  const { parameters, outputWeight } = decoderStructure({ ...sizes, tied: true }, block, { gain: 0 });
  expect(outputWeight).toBe("model.embed_tokens.weight");
  expect(parameters.at(-1)).toEqual({ name: "model.norm.weight", layer: 2, shape: [4], initial: { constant: 0 } });
});
