import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SafetensorsError } from "./error.ts";
import { openModelSafetensors, openShardedSafetensors } from "./open-sharded.ts";
import { writeSafetensors } from "./write.ts";

let root: string;
let directory: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "safetensors-"));
});
beforeEach(async () => {
  directory = await mkdtemp(join(root, "test-"));
  await writeShard("model-00001-of-00002.safetensors", { a: 1, b: 2 });
  await writeShard("model-00002-of-00002.safetensors", { c: 3 });
});
afterAll(() => rm(root, { recursive: true }));

const shards = { a: "model-00001-of-00002.safetensors", b: "model-00001-of-00002.safetensors", c: "model-00002-of-00002.safetensors" };

function writeShard(name: string, values: Record<string, number>): Promise<unknown> {
  const entries = Object.keys(values).map((tensor) => ({ name: tensor, dtype: "F32" as const, shape: [1] }));
  return writeSafetensors(join(directory, name), { entries, data: (tensor) => Float32Array.of(values[tensor]!) });
}

function writeIndex(index: unknown): Promise<void> {
  return writeFile(join(directory, "model.safetensors.index.json"), typeof index === "string" ? index : JSON.stringify(index));
}

test("shards are read as one file", async () => {
  await writeIndex({ metadata: { total_size: 12 }, weight_map: shards });
  const model = await openModelSafetensors(directory);
  expect(model.names).toEqual(["a", "b", "c"]);
  expect(model.metadata).toEqual({ format: "pt" });
  expect(model.tensors.get("c")).toMatchObject({ dtype: "F32", shape: [1] });
  expect(await model.readFloat32("c")).toEqual(Float32Array.of(3));
  expect(await model.readFloat32("c", new Float32Array(1))).toEqual(Float32Array.of(3));
  expect(model.place("c").descriptor).not.toBe(model.place("a").descriptor);
  expect((await model.read("a")).data).toEqual(Float32Array.of(1));
  await expect(model.read("d")).rejects.toMatchObject({ code: "unknown-tensor" });
  await model.close();
  await expect(model.read("a")).rejects.toMatchObject({ code: "cannot-read" });
});

test("what a file has and the index does not list can be read, and is none of the names", async () => {
  await writeIndex({ weight_map: { a: shards.a, c: shards.c } });
  const model = await openShardedSafetensors(directory);
  expect(model.names).toEqual(["a", "c"]);
  expect([...model.tensors.keys()]).toEqual(["a", "b", "c"]);
  expect(await model.readFloat32("b")).toEqual(Float32Array.of(2));
  await model.close();
});

test("of a tensor in two files the one counts that the index names", async () => {
  await writeShard("model-00001-of-00002.safetensors", { a: 1, b: 2, c: 4 });
  await writeIndex({ weight_map: shards });
  const model = await openShardedSafetensors(directory);
  expect(model.names).toEqual(["a", "b", "c"]);
  expect(await model.readFloat32("c")).toEqual(Float32Array.of(3));
  await model.close();
});

test("a folder with one file opens that file", async () => {
  await writeShard("model.safetensors", { w: 5 });
  const model = await openModelSafetensors(directory);
  expect(await model.readFloat32("w")).toEqual(Float32Array.of(5));
  await model.close();
});

test("a folder without weights is an error that says what was looked for", async () => {
  await expect(openModelSafetensors(directory)).rejects.toThrow("neither model.safetensors nor model.safetensors.index.json");
});

test.each([
  ["is not JSON", "{", "is not JSON"],
  ["is null", null, 'no "weight_map" object'],
  ["has no map", { metadata: {} }, 'no "weight_map" object'],
  ["points to another folder", { weight_map: { ...shards, a: "../a.safetensors" } }, "expected the name of a file beside the index"],
  ["points to the folder above", { weight_map: { ...shards, a: ".." } }, "can't"],
  ["points to another folder the Windows way", { weight_map: { ...shards, a: "..\\a.safetensors" } }, "expected the name of a file"],
  ["points to a number", { weight_map: { ...shards, a: 3 } }, "expected the name of a file"],
  ["names a file that isn't there", { weight_map: { ...shards, a: "none.safetensors" } }, "none.safetensors can't be opened"],
  ["names a tensor that isn't there", { weight_map: { ...shards, d: shards.c } }, 'tensor "d" is not in model-00002'],
  ["lists a tensor in the wrong file", { weight_map: { ...shards, b: shards.c } }, 'tensor "b" is not in model-00002'],
])("an index that %s is refused", async (_, index, message) => {
  await writeIndex(index);
  await expect(openShardedSafetensors(directory)).rejects.toThrow(SafetensorsError);
  await expect(openShardedSafetensors(directory)).rejects.toThrow(message);
});
