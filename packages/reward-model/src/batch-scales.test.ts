import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphBuilder } from "@cai/onnx-graph";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharesScales } from "./batch-scales.ts";
import { requestOf } from "./fixtures/request.ts";
import { OnnxRewardModel } from "./onnx-reward-model.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-scales-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(directory, name), bytes);
  return join(directory, name);
}

/** The sum of a row's ids, rounded to 8 bits of the largest number in the run, as `model_quantized.onnx` rounds its activations. */
function quantized(rows: number | string): Uint8Array {
  const graph = new GraphBuilder();
  const ids = graph.node("Cast", [graph.input("input_ids", "int64", [rows, "sequence"])], { attributes: { to: { int: 1 } } });
  const sum = graph.node("ReduceSum", [ids, graph.integers(1)]);
  const rounded = ["values", "scale", "zero"];
  graph.nodeWithOutputs("DynamicQuantizeLinear", [sum], rounded);
  graph.output(graph.node("DequantizeLinear", rounded, { output: "score" }), "float32", [rows, 1]);
  return graph.toBytes();
}

test("a model with a scale for a whole run is found by its operators, wherever they stand in the file", async () => {
  expect(await sharesScales(await write("quantized.onnx", quantized("batch")))).toBe(true);
  const far = Buffer.concat([Buffer.alloc(2 ** 20 - 7, 1), Buffer.from("DynamicQuantizeMatMul")]);
  expect(await sharesScales(await write("far.onnx", far))).toBe(true);
  expect(await sharesScales(await write("plain.onnx", Buffer.alloc(2 ** 20 + 5, "DynamicQuantiz-")))).toBe(false);
  expect(await sharesScales(await write("empty.onnx", Buffer.alloc(0)))).toBe(false);
});

test.each(["batch", 2])("its rows don't run together, so that a score doesn't depend on them (rows: %s)", async (rows) => {
  const model = await OnnxRewardModel.load(await write(`quantized-${rows}.onnx`, quantized(rows)));
  const score = async (...ids: number[][]) => [...(await model.score(requestOf(Array(ids.length).fill(""), ids)))];
  const small = [1, 2];
  const large = [500, 400];
  const [alone] = await score(small);
  expect(alone).toBeCloseTo(3, 1);
  expect(await score(small, large, small)).toEqual([alone, (await score(large))[0], alone]);
  await model.dispose();
});
