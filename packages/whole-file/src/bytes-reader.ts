import type { FileHandle } from "#system";

/** Node reads less than 2 GiB in one call. */
const longestRead = 2 ** 30;

/** A file open for reading, and its name for messages. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** The class of what is thrown: `cannot-read` where the system refuses, with its error as the cause, `bad-file` where a file ends too early. */
export type ReadErrorClass = new (code: "cannot-read" | "bad-file", message: string, options?: { readonly cause: unknown }) => Error;

/**
 * A function that fills `bytes` with those of the file from `position` on, wholly, or throws.
 *
 * @example
 * class FormatError extends CaiError {}
 * const readBytes = bytesReader(FormatError);
 * const path = "model.safetensors";
 * const bytes = new Uint8Array(8);
 * await readBytes({ path, handle: await open(path) }, 16, bytes); // those numbered 16 to 23
 */
export function bytesReader(FileError: ReadErrorClass) {
  return async ({ path, handle }: OpenFile, position: number, bytes: Uint8Array): Promise<void> => {
    let filled = 0;
    while (filled < bytes.length) {
      const length = Math.min(bytes.length - filled, longestRead);
      const { bytesRead } = await handle.read(bytes, filled, length, position + filled).catch((cause: unknown) => {
        throw new FileError("cannot-read", `${path} can't be read: ${cause}`, { cause });
      });
      if (bytesRead === 0) throw new FileError("bad-file", `${path} ends at byte ${position + filled}: it was cut short while it was open`);
      filled += bytesRead;
    }
  };
}
