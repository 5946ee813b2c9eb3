import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dtypes } from "./dtype.ts";
import { GgufError } from "./error.ts";
import { type FileParts, f32, fileBytes, fileOf, packed, u32, u64, value } from "./gguf-bytes.fixture.ts";
import { openGguf } from "./open.ts";

const ones = (count: number) => Array.from({ length: count }, () => [...f32(1)]).flat();
const two: FileParts = packed({
  a: { dtype: "F32", shape: [8], stored: ones(8) },
  b: { dtype: "F32", shape: [8], stored: ones(8) },
});
const [a, b] = two.tensors as [NonNullable<FileParts["tensors"]>[number], NonNullable<FileParts["tensors"]>[number]];
const one = (key: string, bytes: ReturnType<typeof u32>): FileParts => ({ metadata: [[key, bytes]] });

const lies: [what: string, parts: FileParts, message: RegExp][] = [
  ["another mark", { magic: "GGML" }, /does not begin as a GGUF file/],
  ["version 1", { version: 1 }, /version 1: supported are little-endian files of version 2 and 3/],
  ["big-endian numbers", { version: 3 << 24 }, /big-endian/],
  ["more keys than fit", { ...two, keyCount: 2 ** 40 }, /the metadata is to take 1099511627776 × 13 bytes, \d+ are left/],
  ["more keys than can be counted", { ...two, keyCount: 2n ** 64n - 1n }, /the metadata is to take/],
  ["more tensors than fit", { ...two, tensorCount: 2 ** 33 }, /the list of tensors is to take 8589934592 × 24 bytes/],
  ["more tensors than there are", { ...two, tensorCount: 4 }, /model\.gguf: /],
  [
    "a name beyond the end",
    { alignment: 1, data: [...u64(60_000), ...Array(20).fill(0)], tensorCount: 1 },
    /tensor 1 of 1 is to take 60000 × 1/,
  ],
  ["a text beyond the end", one("k", [...u32(8), ...u64(2 ** 35)]), /metadata key "k" is to take 34359738368 × 1 bytes/],
  ["a list beyond the end", one("k", [...u32(9), ...u32(4), ...u64(2 ** 62)]), /metadata key "k" is to take 4611686018427388000 × 4 bytes/],
  ["a list of texts beyond the end", one("k", [...u32(9), ...u32(8), ...u64(2 ** 31)]), /metadata key "k" is to take 2147483648 × 8 bytes/],
  ["an unknown type of value", one("k", u32(13)), /metadata key "k" has a value of the unknown type 13/],
  ["an unknown type in a list", one("k", [...u32(9), ...u32(99), ...u64(1), ...u64(0)]), /unknown type 99/],
  [
    "lists within lists",
    one("k", [
      ...u32(9),
      ...Array(9)
        .fill([...u32(9), ...u64(1)])
        .flat(),
      ...u64(0),
    ]),
    /deeper than 4/,
  ],
  [
    "a key that stands twice",
    {
      metadata: [
        ["k", value.u8(1)],
        ["k", value.u8(2)],
      ],
    },
    /metadata key "k" stands twice/,
  ],
  ["an alignment of 0", one("general.alignment", value.u32(0)), /general\.alignment (is 0|must be a positive)/],
  ["an alignment that is no power of two", one("general.alignment", value.u32(24)), /general\.alignment is 24, expected a power of two/],
  ["an alignment that is a text", one("general.alignment", value.text("32")), /general\.alignment is "32", expected a power of two/],
  ["five dimensions", { tensors: [{ ...a, dimensions: [1, 1, 1, 1, 8] }] }, /tensor "a" has 5 dimensions/],
  ["a tensor that stands twice", { ...two, tensors: [a, { ...b, name: "a" }] }, /tensor "a" stands twice/],
  [
    "a size beyond exact integers",
    { ...two, tensors: [{ ...a, dimensions: [2 ** 31, 2 ** 31] }] },
    /tensor "a" has the shape \[2147483648,2147483648\]/,
  ],
  ["a dimension of 64 bits", { ...two, tensors: [{ ...a, dimensions: [2n ** 63n] }] }, /model\.gguf: Tensor "a" dimension 0/],
  ["a size beyond the end", { ...two, tensors: [a, { ...b, dimensions: [9] }] }, /tensor "b" ends at byte \d+, the file has \d+/],
  ["an offset beyond the end", { ...two, tensors: [a, { ...b, offset: 2 ** 45 }] }, /tensor "b" ends at byte 35184372\d+, the file has/],
  ["an offset of 64 bits", { ...two, tensors: [a, { ...b, offset: 2n ** 64n - 32n }] }, /tensor "b" ends at byte/],
  ["an overlap", { ...two, tensors: [a, { ...b, offset: 0 }] }, /tensor "[ab]" overlaps the tensor before it/],
  [
    "a partial overlap",
    {
      ...two,
      tensors: [
        { ...a, dimensions: [9] },
        { ...b, dimensions: [2] },
      ],
    },
    /tensor "b" overlaps/,
  ],
  ["a gap", { ...two, tensors: [{ ...a, offset: 32, dimensions: [2] }] }, /tensor "a" leaves a gap/],
  [
    "an offset off the alignment",
    {
      ...two,
      tensors: [
        { ...a, dimensions: [1] },
        { ...b, offset: 4, dimensions: [1] },
      ],
    },
    /tensor "b" overlaps/,
  ],
  [
    "rows that are no whole blocks",
    { ...two, tensors: [{ ...a, type: 8 }] },
    /tensor "a" has the shape \[8\]: rows of Q8_0 are multiples of 32/,
  ],
  [
    "a quantisation that is not read",
    { ...two, tensors: [{ ...a, type: 16 }] },
    /tensor "a" is IQ2_XXS: F32, F16, BF16, Q8_0, .*, TQ2_0 are supported/,
  ],
  ["numbers of 64 bits", { ...two, tensors: [{ ...a, type: 28 }] }, /tensor "a" is F64: F32, F16,/],
  ["whole numbers", { ...two, tensors: [{ ...a, type: 24 }] }, /tensor "a" is I8: F32, F16,/],
  ["an unknown quantisation", { ...two, tensors: [{ ...a, type: 77 }] }, /tensor "a" is of the unknown type 77/],
];

test.each(lies)("a file with %s is refused", async (_, parts, message) => {
  const path = await fileOf(fileBytes(parts));
  const error: unknown = await openGguf(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GgufError);
  expect((error as GgufError).message).toMatch(message);
  expect((error as GgufError).message).toContain(path);
});

describe.each(Object.entries(dtypes).filter(([, { elements }]) => elements > 1))("%s", (name, { id, elements, bytes }) => {
  const openWith = async (dimensions: readonly number[], length: number) =>
    openGguf(await fileOf(fileBytes({ tensors: [{ name: "w", type: id, dimensions, offset: 0 }], data: Array(length).fill(1) })));

  test("rows of whole blocks are read", async () => {
    const file = await openWith([2 * elements, 3], 6 * bytes);
    expect(file.tensors.get("w")).toEqual({ dtype: name, shape: [3, 2 * elements], byteLength: 6 * bytes, position: expect.any(Number) });
    await file.close();
  });

  test("rows that are no whole blocks are refused, also where all rows together are", async () => {
    await expect(openWith([elements / 2, 4], 2 * bytes)).rejects.toThrow(`rows of ${name} are multiples of ${elements} elements`);
  });

  test("a block that is cut short is refused", async () => {
    await expect(openWith([elements], bytes - 1)).rejects.toThrow(
      /tensor "w" ends at byte \d+, the file has \d+: it is damaged or was cut/,
    );
  });
});

const honest = fileBytes({
  metadata: [
    ["general.architecture", value.text("llama")],
    ["llama.block_count", value.u32(2)],
    ["tokens", value.texts(["a", "bb", "ccc"])],
    ["types", value.i32s([1, 2, 3])],
  ],
  ...packed({
    a: { dtype: "F32", shape: [2, 4], stored: ones(8) },
    b: { dtype: "Q8_0", shape: [32], stored: Array(34).fill(1) },
    c: { dtype: "Q6_K", shape: [1, 256], stored: Array(210).fill(2) },
    d: { dtype: "Q3_K", shape: [256], stored: Array(110).fill(3) },
    e: { dtype: "Q5_1", shape: [2, 32], stored: Array(48).fill(4) },
  }),
});

async function contentOf(bytes: Uint8Array): Promise<string | undefined> {
  const path = await fileOf(bytes);
  try {
    const file = await openGguf(path);
    try {
      const tensors = [];
      for (const [name, { shape }] of file.tensors) tensors.push([name, shape, [...(await file.readFloat32(name))].map(String)]);
      return JSON.stringify([[...file.metadata], tensors], (_, one) => (typeof one === "bigint" ? String(one) : one));
    } finally {
      await file.close();
    }
  } catch (error) {
    expect(error).toBeInstanceOf(GgufError);
    expect((error as GgufError).message).toContain(path);
    return undefined;
  }
}

test("a file cut short anywhere is refused", async () => {
  for (let length = 0; length < honest.length; length += 3)
    expect(await contentOf(honest.subarray(0, length)), `${length}`).toBeUndefined();
  expect(await contentOf(honest)).toContain('"bb"');
});

test("any damage gives another content or an error of this package, and no more memory than the file's own bytes call for", async () => {
  const number = fc.oneof(fc.nat(300).map(BigInt), fc.bigInt(2n ** 31n, 2n ** 64n - 1n), fc.constantFrom(2n ** 31n, 2n ** 34n, 2n ** 53n));
  const damage = fc.oneof(
    fc.record({ at: fc.nat(honest.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
    fc.record({ at: fc.nat(honest.length - 8), bytes: number.map((lie) => Uint8Array.from(u64(lie))) }),
  );
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const bytes = Uint8Array.from(honest);
      for (const { at, bytes: lie } of damages) bytes.set(lie.subarray(0, bytes.length - at), at);
      await contentOf(bytes);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }),
    { numRuns: 250 },
  );
  expect(most).toBeLessThan(2 ** 30); // the lies begin at 2^31
});
