import type { TensorData } from "./dtype.ts";
import { encode } from "./encode.ts";
import { layOut, type TensorEntry } from "./layout.ts";

/** A tensor to write, with its elements: as `TensorSource.data` gives them. */
export interface TensorWithData extends TensorEntry {
  readonly data: TensorData;
}

/**
 * A safetensors file in memory, byte by byte what `writeSafetensors` writes; in browsers too.
 *
 * @param metadata default `{ format: "pt" }`, which `transformers` wants
 * @throws SafetensorsError `bad-input` for tensors whose names, shapes or data don't fit
 * @example
 * const bytes = serializeSafetensors([{ name: "v_head.bias", dtype: "F32", shape: [1], data: Float32Array.of(0.5) }]);
 * console.log(bytes.length); // 108
 */
export function serializeSafetensors(
  tensors: readonly TensorWithData[],
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Uint8Array {
  const where = "the safetensors to write";
  const dataOf = new Map(tensors.map(({ name, data }) => [name, data]));
  const { header, ordered } = layOut(where, tensors, metadata);
  const pieces = [header, ...ordered.flatMap((entry) => [...encode(where, entry, dataOf.get(entry.name)!)])];
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    bytes.set(piece, end);
    end += piece.length;
  }
  return bytes;
}
