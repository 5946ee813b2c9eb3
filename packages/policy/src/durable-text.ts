import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { PolicyError } from "./error.ts";

/** Makes a folder and those above it, where they are missing. Throws PolicyError. */
export async function makeFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((cause: Error) => {
    throw new PolicyError("cannot-write", `${directory} can't be made: ${cause.message}`, { cause });
  });
}

/** Writes a file whole or not at all: beside it, flushed, and renamed into place. Throws PolicyError. */
export async function writeText(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new PolicyError("cannot-write", `${path} can't be written: ${(cause as Error).message}`, { cause });
  }
}
