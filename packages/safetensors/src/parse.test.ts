import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { SafetensorsError } from "./error.ts";
import { openSafetensors } from "./open.ts";
import { parseSafetensors } from "./parse.ts";
import { serializeSafetensors, type TensorWithData } from "./serialize.ts";
import { writeSafetensors } from "./write.ts";

const tensors: readonly TensorWithData[] = [
  { name: "flags", dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) },
  { name: "half", dtype: "F16", shape: [2], data: Float32Array.of(1, -0.5) },
  { name: "brain", dtype: "BF16", shape: [], data: Float32Array.of(3) },
  { name: "single", dtype: "F32", shape: [1, 2], data: Float32Array.of(0.1, 7) },
  { name: "double", dtype: "F64", shape: [1], data: Float64Array.of(0.1) },
  { name: "none", dtype: "I64", shape: [0, 4], data: new BigInt64Array() },
];

test("what was serialized is parsed again, at any place in a buffer", () => {
  const bytes = serializeSafetensors(tensors, { by: "hand" });
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const file = parseSafetensors(shifted.subarray(3));
  expect(file.metadata).toEqual({ by: "hand" });
  expect(new Set(file.names)).toEqual(new Set(tensors.map(({ name }) => name)));
  expect(file.read("flags")).toEqual({ dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) });
  expect(file.read("half").data).toEqual(Uint16Array.of(0x3c00, 0xb800));
  expect(["half", "brain", "single", "double"].map((name) => [...file.readFloat32(name)])).toEqual([
    [1, -0.5],
    [3],
    [Math.fround(0.1), 7],
    [Math.fround(0.1)],
  ]);
});

test("in memory a file has the bytes that writeSafetensors writes, and says what openSafetensors says", async () => {
  const path = join(await temporaryFolder(), "model.safetensors");
  const data = new Map(tensors.map((tensor) => [tensor.name, tensor.data]));
  await writeSafetensors(path, { entries: tensors, data: (name) => data.get(name)! });
  const bytes = new Uint8Array(await readFile(path));
  expect(serializeSafetensors(tensors)).toEqual(bytes);
  const [parsed, opened] = [parseSafetensors(bytes), await openSafetensors(path)];
  expect([parsed.names, parsed.metadata, parsed.tensors]).toEqual([opened.names, opened.metadata, opened.tensors]);
  for (const name of opened.names) expect(parsed.read(name)).toEqual(await opened.read(name));
  await opened.close();
});

test("a tensor that is not there, one that holds no floats, a file that is none and one that was cut short are refused", () => {
  const bytes = serializeSafetensors(tensors);
  const file = parseSafetensors(bytes, "weights");
  const codeOf = (act: () => unknown) => {
    try {
      return act();
    } catch (error) {
      return SafetensorsError.isInstance(error) && [error.code, error.message];
    }
  };
  expect(codeOf(() => file.read("flag"))).toEqual(["unknown-tensor", 'weights has no tensor "flag"']);
  expect(codeOf(() => file.readFloat32("flags"))).toEqual(["wrong-dtype", expect.stringContaining('weights: tensor "flags" is BOOL')]);
  expect(codeOf(() => parseSafetensors(Uint8Array.of(1, 2)))).toEqual(["bad-file", expect.stringContaining("has 2 bytes: too short")]);
  expect(codeOf(() => parseSafetensors(bytes.subarray(0, 100)))).toEqual(["bad-file", expect.stringContaining("in a file of 100")]);
  expect(codeOf(() => parseSafetensors(bytes.subarray(0, -1)))).toEqual(["bad-file", expect.stringContaining("it was cut short")]);
});

test("what is read can be changed without changing the file, and the other way round", () => {
  const bytes = serializeSafetensors([{ name: "w", dtype: "F32", shape: [1], data: Float32Array.of(1) }]);
  const file = parseSafetensors(bytes);
  const read = file.readFloat32("w");
  bytes.fill(0, -4);
  expect([...read, ...file.readFloat32("w")]).toEqual([1, 0]);
});
