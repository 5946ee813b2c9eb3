import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { TensorData } from "./dtype.ts";
import { encode } from "./encode.ts";
import { SafetensorsError } from "./error.ts";
import { layOut, type TensorEntry } from "./layout.ts";

/** Tensors that are produced one at a time, so that they need not be in memory together. */
export interface TensorSource {
  readonly entries: readonly TensorEntry[];
  /**
   * Asked once for each entry, one after another. Gives the array of the dtype (`Uint16Array` of bit patterns for F16 and BF16), or for
   * F16 and BF16 a `Float32Array`, whose values are rounded to the nearest.
   */
  readonly data: (name: string) => TensorData | Promise<TensorData>;
}

/**
 * Writes a safetensors file, tensor by tensor: into a temporary file beside it, flushed to the disk and renamed into place, so that the
 * file is never there in part. Tensors of wider elements come first; otherwise the order is kept.
 *
 * @param path an existing file is replaced
 * @param source the tensors, and `metadata`: default `{ format: "pt" }`, which `transformers` wants
 * @returns SHA-256 (hexadecimal) and length of the file
 * @throws SafetensorsError for entries or data that don't fit, and where the file can't be written; what `data` throws is passed on.
 * Nothing is left behind then.
 * @example
 * await writeSafetensors("head.safetensors", {
 *   entries: [{ name: "v_head.bias", dtype: "F32", shape: [1] }],
 *   data: () => Float32Array.of(0.5),
 * });
 */
export async function writeSafetensors(
  path: string,
  source: TensorSource & { readonly metadata?: Readonly<Record<string, string>> },
): Promise<{ sha256: string; byteLength: number }> {
  const { header, ordered } = layOut(path, source.entries, source.metadata ?? { format: "pt" });
  const temporary = `${path}.${randomUUID()}.tmp`;
  const handle = await open(temporary, "wx").catch(writeFailure(path));
  try {
    const hash = createHash("sha256");
    let byteLength = 0;
    const append = async (bytes: Uint8Array) => {
      const written = writeBytes(handle, bytes).catch(writeFailure(path));
      hash.update(bytes); // while the system writes
      await written;
      byteLength += bytes.length;
    };
    await append(header);
    for (const entry of ordered) {
      for (const bytes of encode(path, entry, await source.data(entry.name))) await append(bytes);
    }
    await handle.sync().catch(writeFailure(path));
    await handle.close().catch(writeFailure(path));
    await rename(temporary, path).catch(writeFailure(path));
    await syncDirectory(dirname(path));
    return { sha256: hash.digest("hex"), byteLength };
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeBytes(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await handle.write(bytes, written)).bytesWritten;
}

function writeFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new SafetensorsError("cannot-write", `${path} can't be written: ${cause}`, { cause });
  };
}

/** So that the new name outlives a power cut. Systems that can't open a folder (Windows) don't need it. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
