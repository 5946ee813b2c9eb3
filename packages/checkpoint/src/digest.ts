import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Length and SHA-256 of a file, read once, in pieces. */
export async function digestFile(path: string): Promise<{ byteLength: number; sha256: string }> {
  const hash = createHash("sha256");
  let byteLength = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    byteLength += (chunk as Buffer).length;
  }
  return { byteLength, sha256: hash.digest("hex") };
}

export const digestText = (text: string): { byteLength: number; sha256: string } => ({
  byteLength: Buffer.byteLength(text),
  sha256: createHash("sha256").update(text).digest("hex"),
});
