import { readSync } from "node:fs";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@cai/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SafetensorsError } from "./error.ts";
import { openSafetensors } from "./open.ts";
import { writeSafetensors } from "./write.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "safetensors-"));
});
afterAll(() => rm(directory, { recursive: true }));

const golden = goldenPath("tiny-gpt2/model.safetensors");

test("a file written by the reference implementation is read", async () => {
  const file = await openSafetensors(golden);
  expect(file.metadata).toEqual({ format: "pt" });
  expect(file.tensors.get("transformer.wte.weight")).toMatchObject({ dtype: "F32", shape: [512, 32], byteLength: 65536 });
  const values = await file.readFloat32("transformer.wte.weight");
  expect(values.length).toBe(512 * 32);
  const spread = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  expect(spread).toBeCloseTo(0.2, 2);
  await file.close();
});

test("tensors are read in any order, also at the same time", async () => {
  const path = join(directory, "two.safetensors");
  const entries = [
    { name: "a", dtype: "F64", shape: [2] },
    { name: "b", dtype: "I32", shape: [3] },
  ] as const;
  await writeSafetensors(path, { entries, data: (name) => (name === "a" ? Float64Array.of(0.5, 0.1) : Int32Array.of(1, 2, 3)) });
  const file = await openSafetensors(path);
  const [b, a] = await Promise.all([file.read("b"), file.readFloat32("a")]);
  expect(b.data).toEqual(Int32Array.of(1, 2, 3));
  expect(a).toEqual(Float32Array.of(0.5, 0.1));
  await file.close();
});

test("values are put into the array that is given, if it is as long as the tensor", async () => {
  const path = join(directory, "into.safetensors");
  const numbers = { F32: Float32Array.of(1, 2), F16: Float32Array.of(3, 4), F64: Float64Array.of(5, 6) };
  const entries = (["F32", "F16", "F64"] as const).map((dtype) => ({ name: dtype, dtype, shape: [2] }));
  await writeSafetensors(path, { entries, data: (name) => numbers[name as keyof typeof numbers] });
  const file = await openSafetensors(path);
  for (const [dtype, values] of Object.entries(numbers)) {
    const memory = new Float32Array(4).fill(-1);
    const into = memory.subarray(1, 3);
    expect(await file.readFloat32(dtype, into)).toBe(into);
    expect([...memory]).toEqual([-1, ...values, -1]);
    await expect(file.readFloat32(dtype, memory)).rejects.toMatchObject({
      code: "bad-input",
      message: `${path}: tensor "${dtype}" has 2 elements, the array to read it into 4`,
    });
  }
  await file.close();
});

test("a tensor's bytes are where its place says", async () => {
  const path = join(directory, "place.safetensors");
  const entries = ["a", "b"].map((name) => ({ name, dtype: "F32", shape: [2] }) as const);
  await writeSafetensors(path, { entries, data: (name) => (name === "a" ? Float32Array.of(1, 2) : Float32Array.of(3, 4)) });
  const file = await openSafetensors(path);
  const { descriptor, position } = file.place("b");
  const bytes = new Uint8Array(8);
  readSync(descriptor, bytes, 0, 8, position);
  expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.of(3, 4));
  expect(() => file.place("c")).toThrow('has no tensor "c"');
  await file.close();
});

test("half-precision tensors larger than a piece are converted whole", async () => {
  const path = join(directory, "pieces.safetensors");
  const data = Float32Array.from({ length: 2 ** 20 + 5 }, (_, i) => i % 2048);
  await writeSafetensors(path, { entries: [{ name: "w", dtype: "F16", shape: [data.length] }], data: () => data });
  const file = await openSafetensors(path);
  expect(Buffer.compare(Buffer.from((await file.readFloat32("w")).buffer), Buffer.from(data.buffer))).toBe(0);
  await file.close();
});

test("errors name the file and the tensor", async () => {
  const path = join(directory, "one.safetensors");
  await writeSafetensors(path, { entries: [{ name: "w", dtype: "I32", shape: [2] }], data: () => Int32Array.of(1, 2) });
  await expect(openSafetensors(join(directory, "none"))).rejects.toMatchObject({ code: "cannot-open" });
  const file = await openSafetensors(path);
  await expect(file.read("v")).rejects.toMatchObject({ code: "unknown-tensor", message: `${path} has no tensor "v"` });
  await expect(file.readFloat32("w")).rejects.toMatchObject({ code: "wrong-dtype", message: expect.stringContaining('"w" is I32') });
  await truncate(path, 100);
  await expect(file.read("w")).rejects.toMatchObject({ code: "bad-file", message: expect.stringContaining("cut short") });
  await file.close();
  await expect(file.read("w")).rejects.toMatchObject({ code: "cannot-read" });
});

test.each([
  ["an empty file", [], "too short"],
  ["seven bytes", [2, 0, 0, 0, 0, 0, 0], "too short"],
  ["a header longer than the file", [3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d], "a header of 3 bytes in a file of 10"],
  ["a header of 2^64 − 1 bytes", [255, 255, 255, 255, 255, 255, 255, 255, 0x7b, 0x7d], "a header of 18446744073709551615 bytes"],
  ["a header of no bytes", [0, 0, 0, 0, 0, 0, 0, 0], "not JSON"],
])("%s is refused", async (name, bytes, message) => {
  const path = join(directory, name);
  await writeFile(path, Uint8Array.from(bytes));
  await expect(openSafetensors(path)).rejects.toThrow(SafetensorsError);
  await expect(openSafetensors(path)).rejects.toThrow(message);
});

test("any file is either refused by a SafetensorsError or read, without allocating more than the file holds", async () => {
  const path = join(directory, "fuzzed.safetensors");
  await writeSafetensors(path, {
    entries: [
      { name: "w", dtype: "F32", shape: [2, 2] },
      { name: "h", dtype: "F16", shape: [3] },
    ],
    data: (name) => (name === "w" ? Float32Array.of(1, 2, 3, 4) : Uint16Array.of(1, 2, 3)),
  });
  const original = await readFile(path);
  const change = fc.oneof(
    fc.record({ at: fc.nat(original.length - 1), byte: fc.nat(255) }),
    fc.record({ at: fc.nat(original.length - 1), byte: fc.constantFrom(...new TextEncoder().encode('0123456789-.,:[]{}"\\')) }),
  );
  const length = fc.oneof(fc.constant(original.length), fc.nat(original.length + 8));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), length, async (changes, length) => {
      const bytes = Buffer.concat([original, Buffer.alloc(8)]).subarray(0, length);
      for (const { at, byte } of changes) bytes[at] = byte;
      await writeFile(path, bytes);
      await openAll(path).then(
        (byteLength) => expect(byteLength).toBeLessThanOrEqual(length),
        (error) => expect(error).toBeInstanceOf(SafetensorsError),
      );
    }),
    { numRuns: 200 },
  );
});

/** The bytes of all tensors of a file, each really read. */
async function openAll(path: string): Promise<number> {
  const file = await openSafetensors(path);
  let total = 0;
  for (const name of file.names) total += (await file.read(name)).data.byteLength;
  await file.close();
  return total;
}
