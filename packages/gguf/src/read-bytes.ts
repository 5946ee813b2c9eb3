import type { FileHandle } from "node:fs/promises";
import { GgufError } from "./error.ts";

/** Node reads less than 2 GiB in one call. */
const longestRead = 2 ** 30;

/** A file open for reading, its name for messages, and its length when it was opened. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly length: number;
}

/** Fills `bytes` from `position` on, or throws. */
export async function readBytes({ path, handle }: OpenFile, position: number, bytes: Uint8Array): Promise<void> {
  let filled = 0;
  while (filled < bytes.length) {
    const length = Math.min(bytes.length - filled, longestRead);
    const { bytesRead } = await handle.read(bytes, filled, length, position + filled).catch((cause: unknown) => {
      throw new GgufError("cannot-read", `${path} can't be read: ${cause}`, { cause });
    });
    if (bytesRead === 0) throw new GgufError("bad-file", `${path} ends at byte ${position + filled}: it was cut short while it was open`);
    filled += bytesRead;
  }
}
