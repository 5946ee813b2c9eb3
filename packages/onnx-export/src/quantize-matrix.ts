import { int8Scales } from "@cai/onnx-graph";

/** A matrix as int8 with one float32 scale for each index of an axis. */
export interface QuantizedMatrix {
  readonly values: Int8Array;
  /** value · scale ≈ the number it stands for. */
  readonly scales: Float32Array;
}

/**
 * Symmetric rounding to int8, −63 … 63, by `int8Scales`: an error is at most half a scale.
 *
 * @param matrix row-major, `[rows, columns]`
 * @param perAxis whether each row (0) or each column (1) has a scale of its own
 * @example
 * quantizeMatrix({ matrix: Float32Array.of(63, -31.4, 0, 2), shape: [2, 2], perAxis: 0 }); // values 63 -31 0 63, scales 1 and 2/63
 */
export function quantizeMatrix({
  matrix,
  shape: [rows, columns],
  perAxis,
}: {
  readonly matrix: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
  readonly perAxis: 0 | 1;
}): QuantizedMatrix {
  const [rowStep, columnStep] = perAxis === 0 ? [1, 0] : [0, 1];
  const scales = int8Scales({ matrix, shape: [rows, columns], perAxis });
  const values = new Int8Array(matrix.length);
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      values[index] = Math.round(matrix[index]! / scales[row * rowStep + column * columnStep]!);
    }
  }
  return { values, scales };
}
