import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "./graph-builder.ts";
import { readModel } from "./read-model.ts";

/** Runs a graph with one output and gives its numbers. */
async function run(graph: GraphBuilder, feeds: { [name: string]: Tensor } = {}) {
  const session = await InferenceSession.create(graph.toBytes());
  const output = (await session.run(feeds))[session.outputNames[0]!]!;
  await session.release();
  return { shape: output.dims, values: Array.from(output.data as Float32Array, Number) };
}

test("a linear map runs and gives x·w + b", async () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", ["batch", 2]);
  const weight = graph.initializer({ type: "float32", shape: [2, 1], data: [3, 4] });
  const bias = graph.initializer({ type: "float32", shape: [], data: [0.5] });
  graph.output(graph.node("Add", [graph.node("MatMul", [x, weight]), bias], { output: "y" }), "float32", ["batch", 1]);

  const feeds = { x: new Tensor("float32", [1, 1, 2, -1], [2, 2]) };
  expect(await run(graph, feeds)).toEqual({ shape: [2, 1], values: [7.5, 2.5] });
});

test("a constant in a file of its own runs from memory, and the model's bytes don't hold it", async () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", [4096]);
  graph.externalInitializer({ type: "float32", shape: [4096], location: "weight" }, "weight");
  graph.output(graph.node("Mul", [x, "weight"], { output: "y" }), "float32", [4096]);
  const bytes = graph.toBytes();
  expect(bytes.length).toBeLessThan(300);

  const weight = Float32Array.from({ length: 4096 }, (_, index) => index);
  const session = await InferenceSession.create(bytes, { externalData: [{ path: "weight", data: new Uint8Array(weight.buffer) }] });
  const { y } = await session.run({ x: new Tensor("float32", new Float32Array(4096).fill(2), [4096]) });
  await session.release();
  expect((y!.data as Float32Array)[4095]).toBe(8190);

  const outer = new GraphBuilder();
  const condition = outer.input("condition", "bool", []);
  const body = new GraphBuilder({ name: "body" });
  body.output(body.externalInitializer({ type: "float32", shape: [1], location: "w" }, "w"), "float32", [1]);
  const attributes = { then_branch: { graph: body }, else_branch: { graph: body } };
  expect(() => outer.node("If", [condition], { attributes })).toThrow("w: a node's body holds its constants itself");
});

test("a text classifier runs: embeddings averaged over the mask, then a sigmoid", async () => {
  const graph = new GraphBuilder();
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = graph.input("attention_mask", "int64", ["batch", "sequence"]);
  const table = graph.initializer({ type: "float16", shape: [3, 1], data: [0, 1, -2] }, "table");
  const last = graph.initializer({ type: "int64", shape: [1], data: [-1] });
  const sequence = graph.initializer({ type: "int64", shape: [1], data: [1] });
  const embedded = graph.node("Cast", [graph.node("Gather", [table, ids])], { attributes: { to: { int: 1 } } });
  const weights = graph.node("Unsqueeze", [graph.node("Cast", [mask], { attributes: { to: { int: 1 } } }), last]);
  const keep = { attributes: { keepdims: { int: 0 } } };
  const sum = graph.node("ReduceSum", [graph.node("Mul", [embedded, weights]), sequence], keep);
  const count = graph.node("ReduceSum", [weights, sequence], keep);
  graph.output(graph.node("Sigmoid", [graph.node("Div", [sum, count])], { output: "score" }), "float32", ["batch", 1]);

  const feeds = {
    input_ids: new Tensor("int64", [1n, 0n, 2n, 1n], [2, 2]),
    attention_mask: new Tensor("int64", [1n, 0n, 1n, 1n], [2, 2]),
  };
  const { values } = await run(graph, feeds); // means 1 and −0.5
  expect(values[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  expect(values[1]).toBeCloseTo(1 / (1 + Math.exp(0.5)), 6);
});

test("every kind of attribute reaches the runtime", async () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", [1, 1, 4]);
  const kernel = graph.initializer({ type: "float32", shape: [1, 1, 2], data: [1, 10] });
  const convolved = graph.node("Conv", [x, kernel], { attributes: { auto_pad: { string: "VALID" }, strides: { ints: [2] } } });
  const leaky = graph.node("LeakyRelu", [convolved], { attributes: { alpha: { float: 0.5 } } });
  const shift = graph.node("Constant", [], { attributes: { value: { tensor: { type: "float32", shape: [], data: [100] } } } });
  const table = graph.node("Constant", [], { attributes: { value_floats: { floats: [1, 2] } } });
  graph.output(graph.node("Mul", [graph.node("Add", [leaky, shift]), table]), "float32", [1, 1, 2]);

  const { values } = await run(graph, { x: new Tensor("float32", [1, 2, 0, -4], [1, 1, 4]) });
  expect(values).toEqual([121, (-20 + 100) * 2]);
});

test("nodes may have several outputs and leave inputs out", async () => {
  const graph = new GraphBuilder({ opset: 17 });
  const x = graph.input("x", "float32", [4]);
  graph.nodeWithOutputs("Split", [x], ["left", "right"], { attributes: { axis: { int: 0 } } });
  const most = graph.initializer({ type: "float32", shape: [], data: [2] });
  graph.output(graph.node("Clip", [graph.node("Sub", ["right", "left"]), "", most]), "float32", [2]);

  expect((await run(graph, { x: new Tensor("float32", [1, 2, 9, 3], [4]) })).values).toEqual([2, 1]);
});

test("a node's body is a graph that sees the values around it", async () => {
  const branch = (operator: string) => {
    const body = new GraphBuilder({ name: operator });
    const ten = body.initializer({ type: "float32", shape: [1], data: [10] });
    body.output(body.node(operator, ["x", ten]), "float32", [1]);
    return body;
  };
  const graph = new GraphBuilder();
  const condition = graph.input("condition", "bool", []);
  graph.input("x", "float32", [1]);
  const attributes = { then_branch: { graph: branch("Add") }, else_branch: { graph: branch("Mul") } };
  graph.output(graph.node("If", [condition], { attributes }), "float32", [1]);

  const x = new Tensor("float32", [3], [1]);
  expect((await run(graph, { x, condition: new Tensor("bool", [true], []) })).values).toEqual([13]);
  expect((await run(graph, { x, condition: new Tensor("bool", [false], []) })).values).toEqual([30]);
});

test("operators of other domains run when their version is given", async () => {
  const graph = new GraphBuilder({ domains: { "com.microsoft": 1 } });
  const x = graph.input("x", "float32", [1]);
  graph.output(graph.node("FastGelu", [x], { domain: "com.microsoft" }), "float32", [1]);
  expect((await run(graph, { x: new Tensor("float32", [0], [1]) })).values).toEqual([0]);
});

test("quantised weights run", async () => {
  const graph = new GraphBuilder();
  const weight = graph.initializer({ type: "int8", shape: [3], data: [-128, 0, 127] });
  const scale = graph.initializer({ type: "float32", shape: [], data: [0.5] });
  graph.output(graph.node("DequantizeLinear", [weight, scale]), "float32", [3]);
  expect((await run(graph)).values).toEqual([-64, 0, 63.5]);
});

test("a number, a list of integers and what goes by a key are made once", async () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", [2]);
  const twice = () => graph.once("twice x", () => graph.node("Mul", [x, graph.number(2)]));
  const sum = graph.node("Add", [twice(), graph.node("Sub", [twice(), graph.number(2)])]);
  const column = graph.node("Reshape", [sum, graph.integers(2, 1)]);
  graph.output(graph.node("Reshape", [graph.node("Reshape", [column, graph.integers(2)]), graph.integers(2, 1)]), "float32", [2, 1]);

  expect(await run(graph, { x: new Tensor("float32", [1, 3], [2]) })).toEqual({ shape: [2, 1], values: [2, 10] }); // 4x − 2
  const { nodes, initializers } = readModel(graph.toBytes());
  expect(nodes.map(({ opType }) => opType)).toEqual(["Mul", "Sub", "Add", "Reshape", "Reshape", "Reshape"]);
  expect([...initializers.values()].map(({ data }) => [...data].map(Number))).toEqual([[2], [2, 1], [2]]);
});

test("numbers that differ are constants of their own, −0 among them", () => {
  const graph = new GraphBuilder();
  const names = [graph.number(0), graph.number(-0), graph.number(12), graph.integers(12), graph.integers(1, 2), graph.integers()];
  expect(new Set(names).size).toBe(names.length);
});

test("the same calls give the same bytes", () => {
  const build = () => {
    const graph = new GraphBuilder({ metadata: { license: "MIT" } });
    graph.output(graph.node("Neg", [graph.input("x", "float32", ["n"])]), "float32", ["n"]);
    return graph.toBytes();
  };
  expect(build()).toEqual(build());
});

test("a large initialiser appears in the file once, byte for byte", () => {
  const graph = new GraphBuilder();
  const data = Float32Array.from({ length: 100_000 }, (_, index) => index);
  graph.output(graph.node("Identity", [graph.initializer({ type: "float32", shape: [100, 1000], data }, "w")]), "float32", [100, 1000]);
  const bytes = graph.toBytes();
  expect(bytes.byteLength - data.byteLength).toBeLessThan(200);
  expect(readModel(bytes).initializers.get("w")?.data).toEqual(data);
});

describe("graphs that can't run are refused", () => {
  test("a node that takes what nothing makes", () => {
    const graph = new GraphBuilder();
    graph.output(graph.node("Neg", ["nothing"]), "float32", [1]);
    expect(() => graph.toBytes()).toThrow("node Neg#0 takes nothing, which nothing makes before it");
  });

  test("a node that takes what is made after it", () => {
    const graph = new GraphBuilder();
    graph.node("Neg", ["later"], { output: "y" });
    graph.node("Neg", [graph.input("x", "float32", [1])], { output: "later" });
    graph.output("y", "float32", [1]);
    expect(() => graph.toBytes()).toThrow("takes later");
  });

  test("a body that takes what nothing makes", () => {
    const body = new GraphBuilder();
    body.output(body.node("Neg", ["nothing"]), "float32", [1]);
    const graph = new GraphBuilder();
    const condition = graph.input("condition", "bool", []);
    const attributes = { then_branch: { graph: body }, else_branch: { graph: body } };
    graph.output(graph.node("If", [condition], { attributes }), "float32", [1]);
    expect(() => graph.toBytes()).toThrow("takes nothing");
  });

  test("a body that makes what the graph around it has", () => {
    const body = new GraphBuilder();
    body.output(body.node("Neg", ["x"], { output: "y" }), "float32", [1]);
    const graph = new GraphBuilder();
    const condition = graph.input("condition", "bool", []);
    graph.node("Neg", [graph.input("x", "float32", [1])], { output: "y" });
    const attributes = { then_branch: { graph: body }, else_branch: { graph: body } };
    graph.output(graph.node("If", [condition], { attributes }), "float32", [1]);
    expect(() => graph.toBytes()).toThrow("a node's body makes y, which the graph around it has");
  });

  test("an output that no node makes, and none at all", () => {
    const graph = new GraphBuilder();
    expect(() => graph.toBytes()).toThrow("no output");
    graph.output("y", "float32", [1]);
    expect(() => graph.toBytes()).toThrow("output y is made by no node");
  });

  test("a value made twice", () => {
    const graph = new GraphBuilder();
    graph.input("x", "float32", [1]);
    expect(() => graph.node("Neg", ["x"], { output: "x" })).toThrow("a value named x already");
  });

  test("an integer attribute that is no integer", () => {
    const graph = new GraphBuilder();
    const x = graph.input("x", "float32", [1]);
    expect(() => graph.node("Softmax", [x], { attributes: { axis: { int: 0.5 } } })).toThrow("attribute axis");
  });
});
