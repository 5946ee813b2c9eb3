import { createHash } from "node:crypto";
import { open, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bfloat16ToFloat32, float16ToFloat32 } from "@cai/safetensors";
import { temporaryFolder } from "@cai/testing";
import { expect, onTestFinished, test } from "vitest";
import { hashFiles, versionsOf } from "./file-hash.ts";

async function fileOf(bytes: Uint8Array): Promise<{ path: string; descriptor: number }> {
  const path = join(await temporaryFolder(), "bytes");
  await writeFile(path, bytes);
  const handle = await open(path);
  onTestFinished(() => handle.close());
  return { path, descriptor: handle.fd };
}

const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index * 7);

test("the hash is over each piece's text and bytes, in the order given", async () => {
  const { descriptor } = await fileOf(bytes);
  const pieces = [
    { text: "a 2×1\n", descriptor, position: 2_400_000, byteLength: 100_000, dtype: "F32" },
    { text: "nothing\n", descriptor, position: 5, byteLength: 0, dtype: "F32" },
    { text: "b\n", descriptor, position: 3, byteLength: 2_100_000, dtype: "F32" },
  ];
  const expected = createHash("sha256");
  for (const { text, position, byteLength } of pieces) expected.update(text).update(bytes.subarray(position, position + byteLength));
  const thread = hashFiles(pieces, "bytes");
  const digest = expected.digest("hex");
  expect([thread.digest(), thread.digest()], "whenever it is asked for").toEqual([digest, digest]);
  await thread.end();
  expect(thread.digest()).toBe(digest);
});

test("numbers of other types are hashed as float32: every pattern of 16 bits, and rounded float64", async () => {
  const patterns = Uint16Array.from({ length: 600_000 }, (_, bits) => bits);
  const doubles = Float64Array.from({ length: 200_000 }, (_, index) => (index - 50_000) / 3);
  const [halves, wide] = [await fileOf(new Uint8Array(patterns.buffer)), await fileOf(new Uint8Array(doubles.buffer))];
  const expected = createHash("sha256");
  for (const values of [float16ToFloat32(patterns), bfloat16ToFloat32(patterns), Float32Array.from(doubles)])
    expected.update("w\n").update(new Uint8Array(values.buffer));
  const piece = (dtype: string, descriptor: number, byteLength: number) => ({ text: "w\n", descriptor, position: 0, byteLength, dtype });
  const thread = hashFiles(
    [
      piece("F16", halves.descriptor, patterns.byteLength),
      piece("BF16", halves.descriptor, patterns.byteLength),
      piece("F64", wide.descriptor, doubles.byteLength),
    ],
    "numbers",
  );
  expect(thread.digest()).toBe(expected.digest("hex"));
});

test("a file that is cut short or written to is an error for whoever asks for the hash, and a thread that nobody asks ends quietly", async () => {
  const { path, descriptor } = await fileOf(bytes);
  const whole = { text: "", descriptor, position: 0, byteLength: bytes.length, dtype: "F32" };
  const cut = hashFiles([{ ...whole, byteLength: bytes.length + 1 }], "bytes");
  expect(() => cut.digest()).toThrow(
    expect.objectContaining({
      code: "cannot-read",
      message: "bytes can't be hashed: it ends at byte 2500000: it was cut short while it was open",
    }),
  );
  const versions = versionsOf([whole]);
  await utimes(path, 1, 1); // as a write does
  const written = hashFiles([whole], "bytes", versions);
  expect(() => written.digest()).toThrow("bytes can't be hashed: it was written to while it was read");
  const givenUp = hashFiles(Array(100).fill(whole), "bytes");
  await givenUp.end();
  expect(() => givenUp.digest()).toThrow("bytes can't be hashed: it was given up");
});
