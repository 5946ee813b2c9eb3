import fc from "fast-check";
import { expect, test } from "vitest";
import { SafetensorsError } from "./error.ts";
import { parseHeader } from "./header.ts";

const bytes = (json: unknown) => new TextEncoder().encode(typeof json === "string" ? json : JSON.stringify(json));
const parse = (json: unknown, dataLength: number) => parseHeader("a.safetensors", bytes(json), 8 + bytes(json).length + dataLength);
const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

test("tensors come in the order of their bytes, with their place in the file", () => {
  const json = { __metadata__: { format: "pt" }, second: f32([2], 4, 12), first: f32([], 0, 4), empty: f32([3, 0], 4, 4) };
  const start = 8 + bytes(json).length;
  const { tensors, metadata } = parse(json, 12);
  expect([...tensors]).toEqual([
    ["first", { dtype: "F32", shape: [], byteLength: 4, position: start }],
    ["empty", { dtype: "F32", shape: [3, 0], byteLength: 0, position: start + 4 }],
    ["second", { dtype: "F32", shape: [2], byteLength: 8, position: start + 4 }],
  ]);
  expect(metadata).toEqual({ format: "pt" });
});

test("a file without tensors or metadata is one", () => {
  expect(parse({}, 0)).toEqual({ tensors: new Map(), metadata: {} });
  expect(parse({ __metadata__: null }, 0)).toEqual({ tensors: new Map(), metadata: {} });
});

test.each([
  ["C64", [3], 24],
  ["F8_E8M0", [2, 3], 6],
  ["F8_E4M3FNUZ", [5], 5],
  ["F8_E5M2FNUZ", [5], 5],
  ["F6_E2M3", [4], 3],
  ["F6_E3M2", [2, 4], 6],
  ["F4", [2, 3], 3],
])("%s, whose elements nobody computes with here, has its place like any other: %j takes %i bytes", (dtype, shape, byteLength) => {
  const tensor = { dtype, shape, data_offsets: [0, byteLength] };
  expect(parse({ tensor }, byteLength).tensors.get("tensor")).toMatchObject({ dtype, shape, byteLength });
  expect(() => parse({ tensor: { ...tensor, data_offsets: [0, byteLength + 1] } }, byteLength + 1)).toThrow("takes");
});

test("elements that would end within a byte are refused", () => {
  expect(() => parse({ w: { dtype: "F4", shape: [3], data_offsets: [0, 2] } }, 2)).toThrow("shape [3] of F4 takes 1.5");
});

test("names that mean something to JavaScript are names like any other", () => {
  const { tensors } = parse(
    '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"toString":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
    2,
  );
  expect([...tensors.keys()]).toEqual(["__proto__", "toString"]);
});

test.each([
  ["no JSON", "{", 0, "not JSON in UTF-8"],
  ["no object", [], 0, "not a JSON object"],
  ["a byte-order mark", "\ufeff{}", 0, "not JSON in UTF-8"],
  ["metadata that are no strings", { __metadata__: { a: 1 } }, 0, "__metadata__ must be an object of strings"],
  ["metadata that are a list", { __metadata__: ["a"] }, 0, "__metadata__ must be an object of strings"],
  ["a description that is no object", { w: 3 }, 0, 'tensor "w": its description is not an object'],
  ["an unknown dtype", { w: { dtype: "F12", shape: [], data_offsets: [0, 1] } }, 1, 'dtype "F12" is unknown'],
  ["a dtype from the prototype", { w: { dtype: "toString", shape: [], data_offsets: [0, 1] } }, 1, 'dtype "toString" is unknown'],
  ["no dtype", { w: { shape: [], data_offsets: [0, 1] } }, 1, "dtype undefined is unknown"],
  ["a negative dimension", { w: f32([-1], 0, 4) }, 4, "shape [-1] is not a list"],
  ["a fraction of a dimension", { w: f32([1.5], 0, 6) }, 6, "shape [1.5] is not a list"],
  ["a shape that is a number", { w: f32(1, 0, 4) }, 4, "shape 1 is not a list"],
  ["a shape whose product overflows", { w: f32([2 ** 40, 2 ** 40], 0, 4) }, 4, "is not a list"],
  [
    "a shape of nested lists without end",
    `{"w":{"dtype":"F32","shape":${"[".repeat(1e5)}${"]".repeat(1e5)},"data_offsets":[0,4]}}`,
    4,
    "shape [[[…]]] is not a list",
  ],
  [
    "a dtype as long as a book",
    { w: { dtype: "F".repeat(1000), shape: [], data_offsets: [0, 1] } },
    1,
    `dtype "${"F".repeat(80)}…" is unknown`,
  ],
  ["a dtype that is an object", { w: { dtype: {}, shape: [], data_offsets: [0, 1] } }, 1, "dtype an object is unknown"],
  ["a shape of a hundred fractions", { w: f32(Array(100).fill(0.5), 0, 4) }, 4, "shape [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, …] is not"],
  ["three offsets", { w: { dtype: "F32", shape: [], data_offsets: [0, 4, 4] } }, 4, "are not two non-negative integers"],
  ["a negative offset", { w: f32([], -4, 0) }, 4, "are not two non-negative integers"],
  ["an offset beyond exact integers", { w: f32([], 2 ** 60, 2 ** 60 + 4) }, 4, "are not two non-negative integers"],
  ["offsets the wrong way round", { w: f32([1], 4, 0) }, 4, "span -4 bytes"],
  ["offsets that don't fit the shape", { w: f32([2], 0, 4) }, 4, "span 4 bytes, shape [2] of F32 takes 8"],
  ["a tensor beyond the end", { w: f32([2], 0, 8) }, 4, "the file has"],
  ["bytes that belong to no tensor", { w: f32([1], 0, 4) }, 5, "1 bytes after the last tensor"],
  ["an overlap", { a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8, 'tensor "b" overlaps'],
  ["a tensor inside another", { a: f32([3], 0, 12), b: f32([1], 4, 8) }, 12, 'tensor "b" overlaps'],
  ["the same bytes twice", { a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4, "overlaps"],
  ["a gap", { a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12, 'tensor "b" leaves a gap'],
  ["a gap at the start", { a: f32([1], 4, 8) }, 8, 'tensor "a" leaves a gap'],
  ["an empty tensor inside another", { a: f32([2], 0, 8), b: f32([0], 4, 4) }, 8, 'tensor "b" overlaps'],
  [
    "a name given twice",
    '{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0077":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
    0,
    'names "w" twice',
  ],
])("a header with %s is refused", (_, json, dataLength, message) => {
  expect(() => parse(json, dataLength)).toThrow(SafetensorsError);
  expect(() => parse(json, dataLength)).toThrow(message);
});

test("any header is either refused by a SafetensorsError, or its tensors fill the file exactly", () => {
  const number = fc.oneof(fc.nat(12), fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 53, 1e308, "4", null));
  const anything = fc.jsonValue({ maxDepth: 1 });
  const tensor = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom<unknown>("F32", "F16", "U8", "I64", "F4", 3), anything),
      shape: fc.oneof(fc.array(number, { maxLength: 3 }), anything),
      data_offsets: fc.oneof(fc.tuple(number, number), anything),
    },
    { requiredKeys: [] },
  );
  const possible = fc.nat(12).map((size) => ({ dtype: "U8", shape: [size], data_offsets: [0, size] }));
  const header = fc.oneof(
    fc.dictionary(fc.string(), fc.oneof({ weight: 4, arbitrary: tensor }, possible, anything), { maxKeys: 2 }),
    anything,
  );
  fc.assert(
    fc.property(header, fc.nat(12), (json, dataLength) => {
      try {
        const total = [...parse(json, dataLength).tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
        expect(total).toBe(dataLength);
      } catch (error) {
        expect(error).toBeInstanceOf(SafetensorsError);
      }
    }),
    { numRuns: 500 },
  );
});

test("a header that is not UTF-8 is refused", () => {
  expect(() => parseHeader("a.safetensors", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 13)).toThrow("not JSON in UTF-8");
});
