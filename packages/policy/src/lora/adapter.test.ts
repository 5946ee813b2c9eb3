import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { LoraAdapter } from "./adapter.ts";
import type { AdapterTensor, UpdateTensor } from "./adapter-tensors.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

// A layer of three inputs and two outputs, rank 1, scale 2: A = [1 2 3], B = [10 20]ᵀ, and so 2·B·A = [20 40 60; 40 80 120].
const target = { name: "block.linear", layer: 4, inputSize: 3, outputSize: 2 };
const part = (role: UpdateTensor["role"], ending: string, shape: readonly number[]): UpdateTensor => ({
  name: `base_model.model.block.linear.${ending}`,
  role,
  shape,
  layer: 4,
  target,
  scale: 2,
});
const matrices = [part("A", "lora_A.weight", [1, 3]), part("B", "lora_B.weight", [2, 1])];
const numbers = { A: [1, 2, 3], B: [10, 20], magnitude: [5, 1], offset: [0.5, 0.25], weight: [7, 8] };
const adapter = (tensors: readonly AdapterTensor[] = matrices, layout: "input-output" | "output-input" = "output-input") =>
  new LoraAdapter({
    tensors,
    layout,
    settings: { rank: 1, alpha: 2, targets: ["linear"] },
    values: ({ role }) => Float32Array.from(numbers[role]),
  });
const rows = (tensor: tf.Tensor | undefined) => tensor?.arraySync();

test("a weight is merged with scale times B·A, in its layout; others stay", () => {
  const lora = adapter();
  expect(rows(lora.merged("block.linear.weight", tf.ones([2, 3])))).toEqual([
    [21, 41, 61],
    [41, 81, 121],
  ]);
  expect(rows(adapter(matrices, "input-output").merged("block.linear.weight", tf.ones([3, 2])))).toEqual([
    [21, 41],
    [41, 81],
    [61, 121],
  ]);
  for (const name of ["block.linear.bias", "block.other.weight"]) expect(lora.merged(name, tf.ones([2, 3]))).toBeUndefined();
});

test("with magnitudes, the row of each output is given that length", () => {
  const tensors = [...matrices, part("magnitude", "lora_magnitude_vector", [2])];
  // W + 2·B·A = [3 4 0; 0 0 2] has rows of length 5 and 2, and its rows are to be 5 and 1 long.
  const weight = tf.tensor2d([
    [-17, -36, -60],
    [-40, -80, -118],
  ]);
  const merged = [
    [3, 4, 0],
    [0, 0, 1],
  ];
  const lora = adapter(tensors);
  expect(rows(lora.merged("block.linear.weight", weight))).toEqual(merged);
  const transposed = adapter(tensors, "input-output").merged("block.linear.weight", tf.transpose(weight));
  expect(rows(transposed && tf.transpose(transposed))).toEqual(merged);

  // The lengths are kept until a matrix changes.
  const { columns } = lora.update("block.linear")!;
  expect(columns!.lengths(weight)).toBe(columns!.lengths(weight));
  lora.parameters.get(matrices[1]!.name)!.assign(tf.zeros([2, 1]));
  expect(columns!.lengths(weight).dataSync()[0]).toBeCloseTo(Math.hypot(17, 36, 60), 4);
});

test("a bias is merged with scale times the update's own", () => {
  const lora = adapter([...matrices, part("offset", "lora_B.bias", [2])]);
  expect(rows(lora.merged("block.linear.bias", tf.tensor1d([1, 2])))).toEqual([2, 2.5]);
});

test("weights that it replaces are found under the model's names, and a frozen one is not trained", () => {
  const replaced = (isFrozen: boolean): AdapterTensor => ({
    name: "base_model.model.norm.weight",
    role: "weight",
    shape: [2],
    layer: 9,
    weight: "norm.weight",
    isOptional: false,
    isFrozen,
  });
  const lora = adapter([...matrices, replaced(false)]);
  expect(rows(lora.replacement("norm.weight")?.value)).toEqual([7, 8]);
  expect(lora.replacement("block.linear.weight")).toBeUndefined();
  expect(lora.partsOf("norm.weight").map(({ name }) => name)).toEqual(["base_model.model.norm.weight"]);
  expect(lora.partsOf("block.linear.weight").map(({ name }) => name)).toEqual(matrices.map(({ name }) => name));
  expect(lora.updatesIn(4).map(({ name }) => name)).toEqual(matrices.map(({ name }) => name));
  expect(lora.updatesIn(9)).toEqual([]);
  expect([false, true].map((isFrozen) => adapter([...matrices, replaced(isFrozen)]).replacement("norm.weight")!.trainable)).toEqual([
    true,
    false,
  ]);
});

test("its parameters are A and B under PEFT's names, in the layer they adapt, and go with it", () => {
  const before = tf.memory().numTensors;
  const lora = adapter([...matrices, part("magnitude", "lora_magnitude_vector", [2])]);
  expect([...lora.parameters.values()].map(({ name, shape, layer, trainable }) => ({ name, shape, layer, trainable }))).toEqual([
    ...matrices.map(({ name, shape }) => ({ name, shape, layer: 4, trainable: true })),
    { name: "base_model.model.block.linear.lora_magnitude_vector", shape: [2], layer: 4, trainable: true },
  ]);
  tf.tidy(() => {
    lora.merged("block.linear.weight", tf.ones([2, 3]));
  });
  lora.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
