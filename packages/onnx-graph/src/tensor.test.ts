import { describe, expect, test } from "vitest";
import { type DataType, type TensorData, tensorBytes } from "./tensor.ts";

const bytesOf = (type: DataType, data: TensorData["data"]) => [...tensorBytes({ type, shape: [data.length], data }, "w")];

test("plain numbers become the type's little-endian bytes", () => {
  expect(bytesOf("float32", [1])).toEqual([0, 0, 0x80, 0x3f]);
  expect(bytesOf("float16", [1])).toEqual([0, 0x3c]);
  expect(bytesOf("bfloat16", [1])).toEqual([0x80, 0x3f]);
  expect(bytesOf("int64", [-1])).toEqual(new Array(8).fill(255));
  expect(bytesOf("int8", [-1, 127])).toEqual([255, 127]);
  expect(bytesOf("bool", [0, 1])).toEqual([0, 1]);
});

test("the type's own array is viewed, not copied", () => {
  const data = new Float32Array(8).subarray(2, 4);
  const bytes = tensorBytes({ type: "float32", shape: [2], data }, "w");
  expect(bytes.buffer).toBe(data.buffer);
  expect([bytes.byteOffset, bytes.byteLength]).toEqual([8, 8]);
});

test("a scalar has one number, a size of 0 none", () => {
  expect(tensorBytes({ type: "float32", shape: [], data: [1] }, "w").byteLength).toBe(4);
  expect(tensorBytes({ type: "float32", shape: [0, 5], data: [] }, "w").byteLength).toBe(0);
});

describe("what doesn't agree is refused with the tensor's name", () => {
  test.each<[string, TensorData, string]>([
    ["too few numbers", { type: "float32", shape: [2, 2], data: [1, 2, 3] }, "tensor w: 3 numbers for the shape [2,2], which wants 4"],
    ["a size that is no size", { type: "float32", shape: [-1], data: [1] }, "its shape is [-1]"],
    ["another array", { type: "int64", shape: [1], data: new Int32Array(1) }, "its data is a Int32Array, wanted a BigInt64Array"],
    ["a number out of range", { type: "int8", shape: [1], data: [128] }, "128 is no int8"],
    ["a fraction as an integer", { type: "int64", shape: [1], data: [0.5] }, "0.5 is no int64"],
    ["a negative as unsigned", { type: "uint64", shape: [1], data: [-1] }, "-1 is no uint64"],
    ["a 2 as bool", { type: "bool", shape: [1], data: [2] }, "2 is no bool"],
    ["an unknown type", { type: "float8" as DataType, shape: [1], data: [2] }, "unknown type float8"],
  ])("%s", (_, tensor, message) => {
    expect(() => tensorBytes(tensor, "w")).toThrow(message);
  });
});
