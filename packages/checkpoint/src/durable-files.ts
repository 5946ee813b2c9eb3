import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Writes a text and waits until it is on the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file as a whole: a reader sees the old text or the new one, also after a power cut. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.partial`);
  await writeDurably(partial, text);
  await rename(partial, path);
  await syncDirectory(dirname(path));
}

/** Makes renames inside a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return; // directories can't be opened there
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

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
