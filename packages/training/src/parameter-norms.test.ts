import "@tensorflow/tfjs";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { parameterNorms } from "./parameter-norms.ts";

test("each parameter's norm is told with its block and its optimizer; the gradients stay as they are", async () => {
  const parameter = (name: string, layer: number) => createParameter({ name, layer, value: tf.zeros([2]) });
  const optimizers = [
    { parameters: [parameter("wte", -1), parameter("h.0", 0)] },
    { parameters: [parameter("v_head", Number.POSITIVE_INFINITY)] },
  ];
  const gradients = new Map([
    ["wte", tf.tensor1d([3, 4])],
    ["h.0", tf.tensor1d([0, -12])],
    ["v_head", tf.tensor1d([Number.NaN, 1])],
  ]);
  expect(await parameterNorms(optimizers, gradients)).toEqual([
    { name: "wte", layer: -1, optimizer: 0, norm: 5 },
    { name: "h.0", layer: 0, optimizer: 0, norm: 12 },
    { name: "v_head", layer: Number.POSITIVE_INFINITY, optimizer: 1, norm: Number.NaN },
  ]);
  expect([...gradients.get("wte")!.dataSync()]).toEqual([3, 4]);
});
