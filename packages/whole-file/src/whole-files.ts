import { access, cannotFlush, constants, dirname, type FileHandle, mkdir, open, rename, resolve, rm, sha256, stat } from "#system";
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
        const hash = sha256();
        let byteLength = 0;
        for await (const piece of pieces) {
          const written = writeBytes(file, piece).catch(refused);
          hash.update(piece); // while the system writes
          await written;
          byteLength += piece.length;
        }
        return { sha256: hash.digest(), byteLength };
      }),
    remove: (path) => rm(path, { force: true }).catch(refuse(`${path} can't be removed`)),
  };
}

/** Makes new names in a folder outlive a power cut. Rejects with the system's error, whose message names the folder, where the disk refuses. */
export async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, "r");
    await folder.sync();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined && cannotFlush.has(code)) return;
    throw Object.assign(error as Error, { message: `the folder ${path} can't be flushed to the disk: ${message}` });
  } finally {
    await folder?.close();
  }
}

/**
 * Whether a folder can be written to, or made, as far as the system tells: rejects with its error, whose message names the folder. Nothing is
 * written.
 *
 * @example
 * await checkWritable("runs/first"); // rejects where runs, or the folder in which it would be made, is read-only
 */
export async function checkWritable(path: string): Promise<void> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
      if (!(await stat(folder)).isDirectory())
        throw Object.assign(new Error("it is a file"), { code: "ENOTDIR", errno: -20, syscall: "mkdir" });
      return;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" && folder !== dirname(folder)) continue;
      throw Object.assign(error as Error, { message: `${path} can't be written to: ${message}` });
    }
  }
}

async function writeBytes(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
}
