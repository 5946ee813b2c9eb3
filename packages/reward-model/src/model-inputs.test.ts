import type { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { discoverInputs } from "./model-inputs.ts";

const input = (
  name: string,
  type: Tensor.Type = "int64",
  shape: (number | string)[] = ["batch", "sequence"],
): InferenceSession.ValueMetadata => ({
  name,
  isTensor: true,
  type,
  shape,
});
const rows = [Int32Array.of(7), Int32Array.of(4, 5, 6)];
const right = { side: "right", id: 9 } as const;
const left = { side: "left", id: 9 } as const;

test("rows are padded to the longest on the side asked for", () => {
  const inputs = discoverInputs([input("input_ids", "int32"), input("attention_mask", "int32")], "m");
  expect(inputs.feeds(rows, right)).toEqual([
    { name: "input_ids", type: "int32", data: Int32Array.of(7, 9, 9, 4, 5, 6), shape: [2, 3] },
    { name: "attention_mask", type: "int32", data: Int32Array.of(1, 0, 0, 1, 1, 1), shape: [2, 3] },
  ]);
  expect(inputs.feeds(rows, left).map(({ data }) => data)).toEqual([Int32Array.of(9, 9, 7, 4, 5, 6), Int32Array.of(0, 0, 1, 1, 1, 1)]);
});

test("each input gets its own meaning and type, whatever the order", () => {
  const inputs = discoverInputs(
    [input("position_ids"), input("token_type_ids", "int32"), input("attention_mask", "float32"), input("input_ids")],
    "m",
  );
  expect(inputs.feeds([Int32Array.of(7), Int32Array.of(4, 5)], left).map(({ data }) => data)).toEqual([
    BigInt64Array.of(0n, 0n, 0n, 1n),
    Int32Array.of(0, 0, 0, 0),
    Float32Array.of(0, 1, 1, 1),
    BigInt64Array.of(9n, 7n, 4n, 5n),
  ]);
});

test("positions begin where the model's do", () => {
  const inputs = discoverInputs([input("input_ids"), input("position_ids", "int32")], "m", 2);
  expect(inputs.feeds([Int32Array.of(7, 8)])[1]?.data).toEqual(Int32Array.of(2, 3));
});

test("rows of one length need no padding", () => {
  const inputs = discoverInputs([input("input_ids", "int32"), input("attention_mask", "int32")], "m");
  expect(inputs.takesMask).toBe(true);
  expect(inputs.feeds([Int32Array.of(7, 8), Int32Array.of(9, 0)]).map(({ data }) => data)).toEqual([
    Int32Array.of(7, 8, 9, 0),
    Int32Array.of(1, 1, 1, 1),
  ]);
  expect(discoverInputs([input("attention_mask")], "m").takesMask).toBe(false); // a single input is the ids
});

test("a mask may be of floats of any width", () => {
  const maskOf = (type: Tensor.Type) =>
    discoverInputs([input("input_ids"), input("attention_mask", type)], "m").feeds([Int32Array.of(7)], left)[1]?.data;
  expect(maskOf("float64")).toEqual(Float64Array.of(1));
  expect(maskOf("float16")).toEqual(Uint16Array.of(0x3c00));
});

test("a mask may be bool", () => {
  const inputs = discoverInputs([input("input_ids"), input("attention_mask", "bool")], "m");
  expect(inputs.feeds(rows, right)[1]?.data).toEqual(Uint8Array.of(1, 0, 0, 1, 1, 1));
});

test("a single input is the ids, whatever its name", () => {
  expect(discoverInputs([input("tokens")], "m").feeds([Int32Array.of(3)], right)).toMatchObject([{ name: "tokens", shape: [1, 1] }]);
});

test("sizes that the model was exported with are kept", () => {
  const inputs = discoverInputs([input("input_ids", "int32", [2, 4])], "m");
  expect(inputs).toMatchObject({ rows: 2, columns: 4 });
  expect(inputs.feeds([Int32Array.of(1, 2)], left)).toMatchObject([{ data: Int32Array.of(9, 9, 1, 2), shape: [1, 4] }]);
});

describe("models whose inputs have no known meaning are refused with their list", () => {
  test.each([
    ["another name", [input("input_ids"), input("past_key_values.0", "float32")], "m takes input_ids (int64), past_key_values.0 (float32)"],
    ["no ids", [input("attention_mask"), input("position_ids")], "m takes attention_mask (int64), position_ids (int64)"],
    ["text", [input("text", "string")], "m takes text (string)"],
    ["no tensor", [input("input_ids"), { name: "list", isTensor: false } as const], "m takes input_ids (int64), list"],
  ])("%s", (_, inputs, message) => {
    expect(() => discoverInputs(inputs, "m")).toThrow(message);
  });
});
