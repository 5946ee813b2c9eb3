import { expect, test } from "vitest";
import { SafetensorsError } from "./error.ts";
import { layOut } from "./layout.ts";

const text = (header: Uint8Array) => new TextDecoder().decode(header.subarray(8));

test("a header is its length, JSON, and spaces up to a multiple of 8", () => {
  const { header } = layOut("a.safetensors", [{ name: "w", dtype: "F32", shape: [2, 3] }], { format: "pt" });
  const json = '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}';
  expect(text(header)).toBe(json.padEnd(Math.ceil(json.length / 8) * 8));
  expect([...header.subarray(0, 8)]).toEqual([header.length - 8, 0, 0, 0, 0, 0, 0, 0]);
});

test("wider elements come first, and equal ones keep their order", () => {
  const { ordered, header } = layOut(
    "a.safetensors",
    [
      { name: "mask", dtype: "U8", shape: [3] },
      { name: "b", dtype: "F32", shape: [] },
      { name: "half", dtype: "BF16", shape: [1] },
      { name: "a", dtype: "I32", shape: [2] },
      { name: "double", dtype: "F64", shape: [0] },
    ],
    {},
  );
  expect(ordered.map(({ name }) => name)).toEqual(["double", "b", "a", "half", "mask"]);
  expect(text(header)).toContain('"mask":{"dtype":"U8","shape":[3],"data_offsets":[14,17]}');
});

test.each([
  ["listed twice", [{ name: "w", dtype: "F32", shape: [] } as const, { name: "w", dtype: "U8", shape: [] } as const]],
  ["keeps for metadata", [{ name: "__metadata__", dtype: "F32", shape: [] } as const]],
  ["has the dtype F31", [{ name: "w", dtype: "F31" as "F32", shape: [] }]],
  ["has the shape [2,-1]", [{ name: "w", dtype: "F32", shape: [2, -1] } as const]],
  ["has the shape [0.5]", [{ name: "w", dtype: "F32", shape: [0.5] } as const]],
  ["has the shape", [{ name: "w", dtype: "F32", shape: [2 ** 40, 2 ** 40] } as const]],
  ["has the shape [3]: in F4 that is no whole number of bytes", [{ name: "w", dtype: "F4", shape: [3] } as const]],
])("an entry is refused: %s", (message, entries) => {
  expect(() => layOut("a.safetensors", entries, {})).toThrow(SafetensorsError);
  expect(() => layOut("a.safetensors", entries, {})).toThrow(message);
});
