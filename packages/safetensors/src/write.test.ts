import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Dtype, TensorData } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";
import { openSafetensors } from "./open.ts";
import { writeSafetensors } from "./write.ts";

let root: string;
let directory: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "safetensors-"));
});
beforeEach(async () => {
  directory = await mkdtemp(join(root, "test-"));
});
afterAll(() => rm(root, { recursive: true }));

const one = { name: "w", dtype: "F32", shape: [1] } as const;

test("every dtype comes back as it was written", async () => {
  const path = join(directory, "all.safetensors");
  const stored: Record<string, [Dtype, TensorData]> = {
    f64: ["F64", Float64Array.of(0.1, -Infinity)],
    i64: ["I64", BigInt64Array.of(-(2n ** 63n), 5n)],
    u64: ["U64", BigUint64Array.of(2n ** 64n - 1n, 5n)],
    c64: ["C64", Float32Array.of(1, -1, 0, 2)],
    f32: ["F32", Float32Array.of(0.5, -0)],
    i32: ["I32", Int32Array.of(-7, 7)],
    u32: ["U32", Uint32Array.of(2 ** 32 - 1, 7)],
    f16: ["F16", Uint16Array.of(0x3c00, 1)],
    bf16: ["BF16", Uint16Array.of(0x3f80, 1)],
    i16: ["I16", Int16Array.of(-3, 3)],
    u16: ["U16", Uint16Array.of(65535, 3)],
    e4m3: ["F8_E4M3", Uint8Array.of(0x38, 0)],
    e5m2: ["F8_E5M2", Uint8Array.of(0x3c, 0)],
    e8m0: ["F8_E8M0", Uint8Array.of(127, 128)],
    i8: ["I8", Int8Array.of(-1, 1)],
    u8: ["U8", Uint8Array.of(255, 1)],
    bool: ["BOOL", Uint8Array.of(1, 0)],
    f4: ["F4", Uint8Array.of(0x21)],
  };
  const entries = Object.entries(stored).map(([name, [dtype]]) => ({ name, dtype, shape: [1, 2] }));
  await writeSafetensors(path, { entries, data: async (name) => stored[name]![1], metadata: { note: "é" } });
  const file = await openSafetensors(path);
  expect(file.names).toEqual(Object.keys(stored));
  expect(file.metadata).toEqual({ note: "é" });
  for (const [name, [dtype, data]] of Object.entries(stored)) {
    expect(file.tensors.get(name)).toMatchObject({ dtype, shape: [1, 2], byteLength: data.byteLength });
    expect(await file.read(name)).toEqual({ dtype, shape: [1, 2], data });
  }
  await file.close();
});

test("half-precision tensors may be given in float32, and are rounded to the nearest", async () => {
  const path = join(directory, "half.safetensors");
  const entries = [
    { name: "f16", dtype: "F16", shape: [2] },
    { name: "bf16", dtype: "BF16", shape: [2] },
  ] as const;
  await writeSafetensors(path, { entries, data: () => Float32Array.of(1 / 3, -2) });
  const file = await openSafetensors(path);
  expect(await file.readFloat32("f16")).toEqual(Float32Array.of(0.333251953125, -2));
  expect(await file.readFloat32("bf16")).toEqual(Float32Array.of(0.333984375, -2));
  await file.close();
});

test("the returned hash and length are those of the file, and the metadata say format pt", async () => {
  const path = join(directory, "a.safetensors");
  const { sha256, byteLength } = await writeSafetensors(path, { entries: [one], data: () => Float32Array.of(0.5) });
  const bytes = await readFile(path);
  expect(byteLength).toBe(bytes.length);
  expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(bytes.toString("latin1")).toContain('{"__metadata__":{"format":"pt"},"w":');
});

test("a tensor that is larger than a piece is written whole", async () => {
  const path = join(directory, "large.safetensors");
  const data = Float32Array.from({ length: 2 ** 22 + 3 }, (_, i) => i);
  const { sha256 } = await writeSafetensors(path, { entries: [{ name: "w", dtype: "F32", shape: [data.length] }], data: () => data });
  expect(
    createHash("sha256")
      .update(await readFile(path))
      .digest("hex"),
  ).toBe(sha256);
  const file = await openSafetensors(path);
  expect(Buffer.compare(Buffer.from((await file.readFloat32("w")).buffer), Buffer.from(data.buffer))).toBe(0);
  await file.close();
});

test("a view into a larger array is written as the view", async () => {
  const path = join(directory, "view.safetensors");
  await writeSafetensors(path, { entries: [one], data: () => Float32Array.of(1, 2, 3).subarray(1, 2) });
  const file = await openSafetensors(path);
  expect(await file.readFloat32("w")).toEqual(Float32Array.of(2));
  await file.close();
});

test("data that don't fit are refused, and the file that was there stays, with nothing beside it", async () => {
  const path = join(directory, "kept.safetensors");
  await writeFile(path, "before");
  const write = (data: TensorData) => writeSafetensors(path, { entries: [one], data: () => data });
  await expect(write(Float32Array.of(1, 2))).rejects.toThrow('tensor "w" got 2 elements, shape [1] wants 1');
  await expect(write(Int32Array.of(1))).rejects.toThrow('the data of tensor "w" (F32) must be a Float32Array');
  await expect(write(Int32Array.of(1))).rejects.toBeInstanceOf(SafetensorsError);
  expect(await readFile(path, "utf8")).toBe("before");
  expect(await readdir(directory)).toEqual(["kept.safetensors"]);
});

test("what the source throws is passed on, and nothing is left behind", async () => {
  const fault = new Error("the GPU is gone");
  const write = writeSafetensors(join(directory, "a.safetensors"), { entries: [one], data: () => Promise.reject(fault) });
  await expect(write).rejects.toBe(fault);
  expect(await readdir(directory)).toEqual([]);
});

test("a folder that isn't there is an error that names the file", async () => {
  const path = join(directory, "missing", "a.safetensors");
  const write = writeSafetensors(path, { entries: [one], data: () => Float32Array.of(1) });
  await expect(write).rejects.toMatchObject({ code: "cannot-write", message: expect.stringContaining(path) });
});

test("where the file can't be put in place, it is an error and nothing is left behind", async () => {
  const path = join(directory, "folder");
  await mkdir(join(path, "inside"), { recursive: true });
  const write = writeSafetensors(path, { entries: [one], data: () => Float32Array.of(1) });
  await expect(write).rejects.toMatchObject({ code: "cannot-write" });
  expect(await readdir(directory)).toEqual(["folder"]);
});
