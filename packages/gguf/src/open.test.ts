import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GgufError } from "./error.ts";
import { f32, fileBytes, fileOf, packed, value } from "./gguf-bytes.fixture.ts";
import { openGguf } from "./open.ts";

const floats = (...numbers: number[]) => numbers.flatMap((number) => [...f32(number)]);

test("metadata of every kind and tensors in row-major shapes are read", async () => {
  const path = await fileOf(
    fileBytes({
      metadata: [
        ["general.architecture", value.text("llama")],
        ["count", value.u32(7)],
        ["small", value.u64(2 ** 40)],
        ["large", value.u64(2n ** 60n)],
        ["epsilon", value.f32(0.5)],
        ["yes", value.bool(true)],
        ["tokens", value.texts(["a", "", "ü"])],
        ["types", value.i32s([1, -1])],
        ["none", value.texts([])],
      ],
      ...packed({
        matrix: { dtype: "F32", shape: [2, 3], stored: floats(1, 2, 3, 4, 5, 6) },
        vector: { dtype: "F16", shape: [2], stored: [0x00, 0x3c, 0x00, 0xc0] },
        empty: { dtype: "F32", shape: [0], stored: [] },
      }),
    }),
  );
  const file = await openGguf(path);
  expect(Object.fromEntries(file.metadata)).toEqual({
    "general.architecture": "llama",
    count: 7,
    small: 2 ** 40,
    large: 2n ** 60n,
    epsilon: 0.5,
    yes: true,
    tokens: ["a", "", "ü"],
    types: [1, -1],
    none: [],
  });
  expect([...file.tensors].map(([name, { dtype, shape, byteLength }]) => [name, dtype, shape, byteLength])).toEqual([
    ["matrix", "F32", [2, 3], 24],
    ["vector", "F16", [2], 4],
    ["empty", "F32", [0], 0],
  ]);
  expect(await file.readFloat32("matrix")).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  const memory = new Float32Array(4);
  expect(await file.readFloat32("vector", memory.subarray(1, 3))).toEqual(Float32Array.of(1, -2));
  expect([...memory]).toEqual([0, 1, -2, 0]);
  await expect(file.readFloat32("vector", memory)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("2 elements"),
  });
  expect(await file.readFloat32("empty")).toEqual(new Float32Array(0));
  await expect(file.readFloat32("other")).rejects.toMatchObject({ code: "unknown-tensor", message: `${path} has no tensor "other"` });
  await file.close();
});

test("a tensor of several pieces is the same as one of one piece", async () => {
  const blocks = 2 ** 15 + 3; // 32 weights each: a million and some
  const stored = new Uint8Array(blocks * 34);
  for (let block = 0; block < blocks; block++) stored.set([0x00, 0x3c, block & 127, (block >>> 7) & 127, block >>> 14], block * 34);
  const header = fileBytes({ tensors: [{ name: "w", type: 8, dimensions: [32, blocks], offset: 0 }] });
  const file = await openGguf(await fileOf(Buffer.concat([header, stored])));
  const values = await file.readFloat32("w");
  await file.close();
  const wrong = Array.from({ length: blocks }, (_, block) => block).filter(
    (block) => values[32 * block]! + 128 * values[32 * block + 1]! + 16_384 * values[32 * block + 2]! !== block,
  );
  expect(wrong).toEqual([]);
});

test("another alignment than 32 is kept to", async () => {
  const tensors = [
    { name: "a", type: 0, dimensions: [1], offset: 0 },
    { name: "b", type: 0, dimensions: [1], offset: 8 },
  ];
  const metadata = [["general.alignment", value.u32(8)]] as const;
  const file = await openGguf(await fileOf(fileBytes({ metadata, tensors, alignment: 8, data: floats(1, 0, 2) })));
  expect([await file.readFloat32("a"), await file.readFloat32("b")]).toEqual([Float32Array.of(1), Float32Array.of(2)]);
  await file.close();
});

test("a text that lies across the end of what the parser has loaded is whole", async () => {
  const parserLoads = 2_000_000; // at a time, and more only for a value that it can't read
  const metadataOf = (first: string, last: string) =>
    [
      ["first", value.text(first)],
      ["tokens", value.texts(["x".repeat(600_000), last])],
    ] as const;
  const before = fileBytes({ metadata: metadataOf("", ""), alignment: 1 }).length;
  const metadata = metadataOf("f".repeat(parserLoads - 7 - before), "the last token");
  const file = await openGguf(await fileOf(fileBytes({ metadata })));
  expect((file.metadata.get("tokens") as string[])[1]).toBe("the last token");
  await file.close();
});

test("what is no file is refused with its name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gguf-"));
  const missing = join(folder, "no.gguf");
  await expect(openGguf(missing)).rejects.toSatisfy((error) => GgufError.isInstance(error) && error.message.includes(missing));
  await expect(openGguf(folder)).rejects.toMatchObject({ code: "cannot-open" });
  await rm(folder, { recursive: true });
});
