import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { temporaryName } from "./temporary-name.ts";

/** The class of what is thrown where the system refuses: with a message that names the path, and the system's error as its cause. */
export type WriteErrorClass = new (code: "cannot-write", message: string, options: { readonly cause: unknown }) => Error;

/** Writing files so that a reader finds the old content or the new one, also after a kill or a power cut, and never a part of it. */
export interface WholeFiles {
  /** Makes a folder and those above it, where they are missing. */
  makeFolder(path: string): Promise<void>;
  /** Writes a file, or replaces it. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /**
   * Writes a file that need not be in memory as a whole: a piece is asked for when the one before it is written.
   *
   * @param pieces what they throw is passed on as it is, and the file is then as it was
   * @returns SHA-256 (hexadecimal) and length in bytes of the file
   */
  writePieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<{ sha256: string; byteLength: number }>;
  /** Removes a file, where there is one. */
  remove(path: string): Promise<void>;
}

/**
 * Functions that write files as a whole or not at all: into a temporary file beside (`isTemporary`), flushed to the disk and renamed into
 * place. Nothing is left behind by a write that fails; a process that is killed leaves the temporary file.
 *
 * @example
 * class SettingsError extends CaiError {}
 * const files = wholeFiles(SettingsError);
 * await files.makeFolder("settings");
 * await files.write("settings/seed.json", "7\n");
 */
export function wholeFiles(FileError: WriteErrorClass): WholeFiles {
  const refuse = (what: string) => (cause: unknown) => {
    throw new FileError("cannot-write", `${what}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  };

  async function whole<Result>(
    path: string,
    fill: (file: FileHandle, refused: (cause: unknown) => never) => Promise<Result>,
  ): Promise<Result> {
    const refused: (cause: unknown) => never = refuse(`${path} can't be written`);
    const temporary = temporaryName(path);
    const file = await open(temporary, "wx").catch(refused);
    try {
      const result = await fill(file, refused);
      await file.sync().catch(refused);
      await file.close().catch(refused);
      await rename(temporary, path).catch(refused);
      await syncFolder(dirname(path)).catch(refused);
      return result;
    } catch (error) {
      await file.close().catch(() => {}); // the error above tells more
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  return {
    async makeFolder(path) {
      await mkdir(path, { recursive: true }).catch(refuse(`${path} can't be made`));
    },
    write: (path, content) => whole(path, (file, refused) => file.writeFile(content).catch(refused)),
    writePieces: (path, pieces) =>
      whole(path, async (file, refused) => {
        const hash = createHash("sha256");
        let byteLength = 0;
        for await (const piece of pieces) {
          const written = writeBytes(file, piece).catch(refused);
          hash.update(piece); // while the system writes
          await written;
          byteLength += piece.length;
        }
        return { sha256: hash.digest("hex"), byteLength };
      }),
    remove: (path) => rm(path, { force: true }).catch(refuse(`${path} can't be removed`)),
  };
}

/** What a disk says that has not kept the names. */
const lost = new Set(["EIO", "ENOSPC", "EDQUOT"]);

/**
 * Makes new names in a folder outlive a power cut. Systems that can't open a folder (Windows), and those that can't do this to one, don't need it.
 *
 * @throws the system's error where the disk has not kept them.
 */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync();
  } catch (error) {
    if (lost.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await folder?.close();
  }
}

async function writeBytes(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
}
