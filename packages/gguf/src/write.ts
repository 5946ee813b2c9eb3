import { wholeFiles } from "@cai/whole-file";
import { GgufError } from "./error.ts";
import { quantizers } from "./quantize.ts";
import type { GgufEntry, WrittenValue } from "./write-header.ts";

const files = wholeFiles(GgufError);

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
  async function* pieces() {
    yield header;
    for (const entry of source.entries) {
      let missing = paddedLength(entry);
      for (const bytes of stored(path, entry, await source.data(entry.name))) {
        missing -= bytes.length;
        yield bytes;
      }
      yield new Uint8Array(missing);
    }
  }
  return files.writePieces(path, pieces());
}

function* stored(path: string, { name, dtype, shape }: GgufEntry, values: Float32Array): Generator<Uint8Array> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count)
    throw new GgufError("bad-input", `${path}: tensor "${name}" got ${values.length} elements, shape [${shape}] wants ${count}`);
  for (let start = 0; start < count; start += elementsAtATime) yield quantizers[dtype](values.subarray(start, start + elementsAtATime));
}
