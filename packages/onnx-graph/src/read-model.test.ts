import { readFile } from "node:fs/promises";
import { goldenPath } from "@cai/testing";
import { expect, test } from "vitest";
import { GraphBuilder } from "./graph-builder.ts";
import { readModel } from "./read-model.ts";

test("what was built is read back", () => {
  const graph = new GraphBuilder({
    name: "reward",
    opset: 18,
    irVersion: 9,
    domains: { "com.microsoft": 1 },
    metadata: { license: "MIT" },
  });
  const x = graph.input("x", "int64", ["batch", 3]);
  const offset = graph.initializer({ type: "int64", shape: [], data: [-7] }, "offset");
  graph.output(graph.node("Add", [x, offset], { name: "shift", output: "y" }), "int64", ["batch", 3]);
  graph.node("Pad", ["y"], {
    attributes: {
      axis: { int: 0 },
      ints: { ints: [1, -2] },
      alpha: { float: 0.5 },
      floats: { floats: [1, 0.25] },
      mode: { string: "é" },
      names: { strings: ["a", ""] },
      value: { tensor: { type: "bool", shape: [2], data: [1, 0] } },
    },
  });

  const model = readModel(graph.toBytes());
  expect(model).toMatchObject({
    name: "reward",
    irVersion: 9,
    opsets: { "": 18, "com.microsoft": 1 },
    metadata: { license: "MIT" },
    inputs: [{ name: "x", type: "int64", shape: ["batch", 3] }],
    outputs: [{ name: "y", type: "int64", shape: ["batch", 3] }],
  });
  expect(model.initializers).toEqual(new Map([["offset", { type: "int64", shape: [], data: BigInt64Array.of(-7n) }]]));
  expect(model.nodes[0]).toEqual({ name: "shift", opType: "Add", domain: "", inputs: ["x", "offset"], outputs: ["y"], attributes: {} });
  expect(model.nodes[1]?.attributes).toEqual({
    axis: 0,
    ints: [1, -2],
    alpha: 0.5,
    floats: [1, 0.25],
    mode: "é",
    names: ["a", ""],
    value: { type: "bool", shape: [2], data: Uint8Array.of(1, 0) },
  });
});

test("a model of PyTorch's exporter is read", async () => {
  const model = readModel(await readFile(goldenPath("tiny-reward/model.onnx")));
  expect(model).toMatchObject({ irVersion: 8, opsets: { "": 17 } });
  expect(model.inputs.map(({ name, type }) => `${name} ${type}`)).toEqual(["input_ids int64", "attention_mask int64"]);
  expect(model.outputs).toMatchObject([{ name: "logits", type: "float32" }]);
  expect([...model.initializers.values()].some(({ shape }) => shape.join() === "512,32")).toBe(true);
});

test.each([
  ["text", new TextEncoder().encode("no model")],
  ["nothing", new Uint8Array()],
])("%s is refused as no model", (_, bytes) => {
  expect(() => readModel(bytes)).toThrow("no ONNX model");
});
