import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { GgufError } from "./error.ts";
import { quantizers } from "./quantize.ts";
import type { GgufEntry, WrittenValue } from "./write-header.ts";

/** What a file is to hold; tensors are asked for one at a time. */
export interface GgufSource {
  readonly metadata: Readonly<Record<string, WrittenValue>>;
  readonly entries: readonly GgufEntry[];
  /** Asked once for each entry, one after another: its values, row-major. */
  readonly data: (name: string) => Float32Array | Promise<Float32Array>;
}

/** Elements stored at a time; whole blocks of every type. */
const elementsAtATime = 2 ** 20;

/**
 * Writes a GGUF file of version 3, tensor by tensor: into a temporary file beside it, flushed to the disk and renamed into place, so that
 * the file is never there in part. Weights are stored as F32, F16, BF16 or Q8_0, rounded to the nearest.
 *
 * @returns SHA-256 (hexadecimal) and length of the file
 * @throws GgufError for entries or data that don't fit, and where the file can't be written; what `data` throws is passed on. Nothing is
 * left behind then.
 * @example
 * await writeGguf("model.gguf", {
 *   metadata: { "general.architecture": "llama", "llama.block_count": { uint32: 1 } },
 *   entries: [{ name: "output_norm.weight", dtype: "F32", shape: [2] }],
 *   data: () => Float32Array.of(1, 1),
 * });
 */
export async function writeGguf(path: string, source: GgufSource): Promise<{ sha256: string; byteLength: number }> {
  const { buildHeader, checkEntries, paddedLength } = await import("./write-header.ts");
  checkEntries(path, source.entries);
  const header = await buildHeader(source.metadata, source.entries);
  const temporary = `${path}.${randomUUID()}.tmp`;
  const handle = await open(temporary, "wx").catch(writeFailure(path));
  try {
    const hash = createHash("sha256");
    let byteLength = 0;
    const append = async (bytes: Uint8Array) => {
      hash.update(bytes);
      await writeBytes(handle, bytes).catch(writeFailure(path));
      byteLength += bytes.length;
    };
    await append(header);
    for (const entry of source.entries) {
      const end = byteLength + paddedLength(entry);
      for (const bytes of stored(path, entry, await source.data(entry.name))) await append(bytes);
      await append(new Uint8Array(end - byteLength));
    }
    await handle.sync().catch(writeFailure(path));
    await handle.close().catch(writeFailure(path));
    await rename(temporary, path).catch(writeFailure(path));
    return { sha256: hash.digest("hex"), byteLength };
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

function* stored(path: string, { name, dtype, shape }: GgufEntry, values: Float32Array): Generator<Uint8Array> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count)
    throw new GgufError("bad-input", `${path}: tensor "${name}" got ${values.length} elements, shape [${shape}] wants ${count}`);
  for (let start = 0; start < count; start += elementsAtATime) yield quantizers[dtype](values.subarray(start, start + elementsAtATime));
}

async function writeBytes(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await handle.write(bytes, written)).bytesWritten;
}

function writeFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new GgufError("cannot-write", `${path} can't be written: ${cause}`, { cause });
  };
}
