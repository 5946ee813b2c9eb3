import { wholeFiles } from "@cai/whole-file";
import type { TensorData } from "./dtype.ts";
import { encode } from "./encode.ts";
import { SafetensorsError } from "./error.ts";
import { layOut, type TensorEntry } from "./layout.ts";

const files = wholeFiles(SafetensorsError);

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
  async function* pieces() {
    yield header;
    for (const entry of ordered) yield* encode(path, entry, await source.data(entry.name));
  }
  return files.writePieces(path, pieces());
}
