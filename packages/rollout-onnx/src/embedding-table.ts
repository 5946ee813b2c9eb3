import type { QuantizedMatrix } from "./quantize.ts";

/** Rows of a table that are added up into hidden states. */
export interface EmbeddingTable {
  /** Adds row `id` `[H]` to `target` from `offset` on. */
  addRow(id: number, target: Float32Array, offset: number): void;
}

/** A table as it is, `[rows, H]`. */
export function float32Table(numbers: Float32Array, hiddenSize: number): EmbeddingTable {
  return {
    addRow(id, target, offset) {
      const start = id * hiddenSize;
      for (let column = 0; column < hiddenSize; column++) target[offset + column]! += numbers[start + column]!;
    },
  };
}

/** The table of an output matrix in int8, `[H, rows]`: one copy serves both. */
export function int8Table({ values, scales }: QuantizedMatrix): EmbeddingTable {
  const rows = scales.length;
  return {
    addRow(id, target, offset) {
      const scale = scales[id]!;
      for (let column = 0, index = id; index < values.length; column++, index += rows) target[offset + column]! += values[index]! * scale;
    },
  };
}
