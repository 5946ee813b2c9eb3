import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { OnnxExportError } from "./error.ts";

/** Makes a folder and those above it, where they are missing. Throws OnnxExportError `cannot-write`. */
export async function makeFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch(failure(`${directory} can't be made`));
}

/** Writes a file whole or not at all: beside it, flushed, and renamed into place. Throws OnnxExportError `cannot-write`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    failure(`${path} can't be written`)(cause as Error);
  }
}

/** Removes a file, if it is there. Throws OnnxExportError `cannot-write`. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch(failure(`${path} can't be removed`));
}

function failure(what: string): (cause: Error) => never {
  return (cause) => {
    throw new OnnxExportError("cannot-write", `${what}: ${cause.message}`, { cause });
  };
}
