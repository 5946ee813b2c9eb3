import "@tensorflow/tfjs";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { trainedParameters } from "./trained-parameters.ts";

/** An embedding, two blocks and a norm behind them. */
function model() {
  const parameters = [-1, 0, 1, 2].map((layer) => createParameter({ name: `layer ${layer}`, layer, value: tf.scalar(0) }));
  return { parameters: new Map(parameters.map((parameter) => [parameter.name, parameter])), layerCount: 2 };
}
const layers = (frozenLayers: number, policy = model()) => {
  const { trained, frozen } = trainedParameters(policy, { frozenLayers });
  return { trained: trained.map(({ layer }) => layer), frozen: frozen.map(({ layer }) => layer) };
};

test("everything trains, or what is above the frozen blocks", () => {
  expect(layers(0)).toEqual({ trained: [-1, 0, 1, 2], frozen: [] });
  expect(layers(1)).toEqual({ trained: [1, 2], frozen: [-1, 0] });
});

test("what was frozen before stays so", () => {
  const policy = model();
  policy.parameters.get("layer 1")!.trainable = false;
  expect(layers(1, policy)).toEqual({ trained: [2], frozen: [-1, 0, 1] });
});

test("more layers than there are, and nothing left to train, are refused", () => {
  expect(() => layers(3)).toThrow("frozenLayers is 3; the policy has 2 layers");
  const policy = model();
  for (const parameter of policy.parameters.values()) parameter.trainable = false;
  expect(() => layers(0, policy)).toThrow("no parameter of the policy is trainable");
});
