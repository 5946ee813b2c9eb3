import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { LoraAdapter, type LoraMatrix } from "./adapter.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

// A layer of three inputs and two outputs, rank 1, alpha 2: A = [1 2 3], B = [10 20]ᵀ, and so 2·B·A = [20 40 60; 40 80 120].
const target = { name: "block.linear", layer: 4, inputSize: 3, outputSize: 2 };
const matrices: LoraMatrix[] = [
  { name: "base_model.model.block.linear.lora_A.weight", role: "A", shape: [1, 3], target },
  { name: "base_model.model.block.linear.lora_B.weight", role: "B", shape: [2, 1], target },
];
const adapter = () =>
  new LoraAdapter({
    matrices,
    settings: { rank: 1, alpha: 2, targets: ["linear"] },
    values: ({ role }) => (role === "A" ? Float32Array.of(1, 2, 3) : Float32Array.of(10, 20)),
  });

test("what is added to a weight is alpha / rank times B·A, in the weight's layout", () => {
  const lora = adapter();
  expect(lora.weightDelta("block.linear", "output-input")!.arraySync()).toEqual([
    [20, 40, 60],
    [40, 80, 120],
  ]);
  expect(lora.weightDelta("block.linear", "input-output")!.arraySync()).toEqual([
    [20, 40],
    [40, 80],
    [60, 120],
  ]);
  expect(lora.weightDelta("block.other", "input-output")).toBeUndefined();
  lora.dispose();
});

test("its parameters are A and B under PEFT's names, in the layer they adapt, and go with it", () => {
  const before = tf.memory().numTensors;
  const lora = adapter();
  expect([...lora.parameters.values()].map(({ name, shape, layer, trainable }) => ({ name, shape, layer, trainable }))).toEqual(
    matrices.map(({ name, shape }) => ({ name, shape, layer: 4, trainable: true })),
  );
  lora.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
