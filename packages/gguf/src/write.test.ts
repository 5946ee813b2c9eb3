import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { fileBytes, packed, value } from "./gguf-bytes.fixture.ts";
import { openGguf } from "./open.ts";
import { quantizers, type WrittenDtype } from "./quantize.ts";
import { writeGguf } from "./write.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gguf-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a file has the bytes that the format's description gives", async () => {
  const path = join(await temporaryFolder(), "model.gguf");
  const written = await writeGguf(path, {
    metadata: {
      "general.architecture": "llama",
      "llama.block_count": { uint32: 7 },
      "llama.epsilon": { float32: 0.5 },
      flag: true,
      tokens: ["a", "ü"],
      types: { int32s: [1, -1] },
      scores: { float32s: [0.5, -2] },
    },
    entries: [
      { name: "a", dtype: "F32", shape: [2, 3] },
      { name: "b", dtype: "F16", shape: [2] },
    ],
    data: (name) => (name === "a" ? Float32Array.of(1, 2, 3, 4, 5, 6) : Float32Array.of(1, -2)),
  });
  const bytes = await readFile(path);
  const expected = fileBytes({
    metadata: [
      ["general.architecture", value.text("llama")],
      ["llama.block_count", value.u32(7)],
      ["llama.epsilon", value.f32(0.5)],
      ["flag", value.bool(true)],
      ["tokens", value.texts(["a", "ü"])],
      ["types", value.i32s([1, -1])],
      ["scores", value.f32s([0.5, -2])],
    ],
    ...packed({
      a: { dtype: "F32", shape: [2, 3], stored: [...new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)] },
      b: { dtype: "F16", shape: [2], stored: [0x00, 0x3c, 0x00, 0xc0, ...Array(28).fill(0)] },
    }),
  });
  expect([...bytes]).toEqual([...expected]);
  expect(written).toEqual({ byteLength: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
});

test("a block of Q8_0 is its largest weight's 127th part in half precision, and bytes rounded away from zero at halves", () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => [127, -127, 2.5, -2.5, 2.4, 0][i] ?? 1);
  const [scaleLow, scaleHigh, ...bytes] = quantizers.Q8_0(values);
  expect([scaleLow, scaleHigh]).toEqual([0x00, 0x3c]);
  expect(bytes.slice(0, 7).map((byte) => (byte << 24) >> 24)).toEqual([127, -127, 3, -3, 2, 0, 1]);
  expect([...quantizers.Q8_0(new Float32Array(32))]).toEqual(Array(34).fill(0));
});

test("whatever is written is read again, to the precision of its type", async () => {
  const folder = await temporaryFolder();
  // Q8_0: half a step of the 127th part of the largest, and the rounding of that step to half precision.
  const relative: Record<WrittenDtype, number> = { F32: 0, F16: 2 ** -11, BF16: 2 ** -8, Q8_0: 1 / 254 + 2 ** -11 };
  const tensor = fc.record({
    dtype: fc.constantFrom<WrittenDtype>("F32", "F16", "BF16", "Q8_0"),
    values: fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 64, maxLength: 64 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(tensor, { maxLength: 4 }), async (tensors) => {
      const path = join(folder, "model.gguf");
      await writeGguf(path, {
        metadata: {},
        entries: tensors.map(({ dtype }, i) => ({ name: `t${i}`, dtype, shape: [2, 32] })),
        data: (name) => Float32Array.from(tensors[Number(name.slice(1))]!.values),
      });
      const file = await openGguf(path);
      for (const [i, { dtype, values }] of tensors.entries()) {
        const read = await file.readFloat32(`t${i}`);
        const largest = Math.max(...values.map(Math.abs));
        const off = values.filter((x, j) => Math.abs(read[j]! - Math.fround(x)) > relative[dtype] * largest + 1e-6);
        expect(off, dtype).toEqual([]);
      }
      await file.close();
    }),
    { numRuns: 30 },
  );
});

test.each([
  [
    "a name twice",
    [
      { name: "w", dtype: "F32", shape: [1] },
      { name: "w", dtype: "F32", shape: [1] },
    ],
    "is listed twice",
  ],
  ["five dimensions", [{ name: "w", dtype: "F32", shape: [1, 1, 1, 1, 1] }], "at most four"],
  ["a fraction of a dimension", [{ name: "w", dtype: "F32", shape: [0.5] }], "non-negative integers"],
  ["rows that are no whole blocks", [{ name: "w", dtype: "Q8_0", shape: [32, 16] }], "rows of Q8_0 are multiples of 32"],
  ["another number of elements", [{ name: "w", dtype: "F32", shape: [2] }], "got 1 elements, shape [2] wants 2"],
] as const)("%s is refused with the file and the tensor, and nothing is left", async (_, entries, message) => {
  const folder = await temporaryFolder();
  const path = join(folder, "model.gguf");
  const writing = writeGguf(path, { metadata: {}, entries, data: () => Float32Array.of(1) });
  await expect(writing).rejects.toMatchObject({ name: "GgufError", code: "bad-input", message: expect.stringContaining(message) });
  await expect(writing).rejects.toThrow(`${path}: tensor "w"`);
  expect(await readdir(folder)).toEqual([]);
});

test("a folder that is not there is refused by name", async () => {
  const path = join(await temporaryFolder(), "no", "model.gguf");
  await expect(writeGguf(path, { metadata: {}, entries: [], data: () => new Float32Array(0) })).rejects.toMatchObject({
    code: "cannot-write",
    message: expect.stringContaining(path),
  });
});
