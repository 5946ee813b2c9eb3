import { createHash } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, onTestFinished, test } from "vitest";
import { FileHash } from "./file-hash.ts";

const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index * 7);

async function descriptorOf(): Promise<number> {
  const path = join(await temporaryFolder(), "bytes");
  await writeFile(path, bytes);
  const handle = await open(path);
  onTestFinished(() => handle.close());
  return handle.fd;
}

test("the hash is over each piece's text and bytes, in the order given", async () => {
  const descriptor = await descriptorOf();
  const pieces = [
    { text: "a 2×1\n", descriptor, position: 2_400_000, byteLength: 100_000 },
    { text: "nothing\n", descriptor, position: 5, byteLength: 0 },
    { text: "b\n", descriptor, position: 3, byteLength: 2_100_000 },
  ];
  const expected = createHash("sha256");
  for (const { text, position, byteLength } of pieces) expected.update(text).update(bytes.subarray(position, position + byteLength));
  const hash = new FileHash(pieces, "bytes");
  expect(await hash.digest()).toBe(expected.digest("hex"));
  await hash.end();
});

test("a file that is cut short is an error for whoever asks for the hash, and a thread that nobody asks ends quietly", async () => {
  const piece = { text: "", descriptor: await descriptorOf(), position: 0, byteLength: bytes.length + 1 };
  const asked = new FileHash([piece], "bytes");
  await expect(asked.digest()).rejects.toMatchObject({
    code: "cannot-read",
    message: "bytes can't be hashed: it ends at byte 2500000: it was cut short while it was open",
  });
  await asked.end();
  await new FileHash([piece], "bytes").end();
});
