/** A matrix as int8 with one float32 scale for each index of an axis. */
export interface QuantizedMatrix {
  readonly values: Int8Array;
  /** value · scale ≈ the number it stands for. */
  readonly scales: Float32Array;
}

/**
 * The largest magnitude. Two products of 8 unsigned bits with it stay within 16 signed ones (2 · 255 · 63 < 2¹⁵), where many processors
 * add them up, cutting off what is larger: 127 would be a little finer, and wrong there.
 */
const largest = 63;

/** Below it a scale would lose its digits. */
const vanishing = 1e-30;

/**
 * Symmetric rounding to int8, −63 … 63: scale = max |x| / 63 along the other axis, so that an error is at most half a scale.
 *
 * @param matrix row-major, `[rows, columns]`
 * @param perAxis whether each row (0) or each column (1) has a scale of its own; one of zeros, or of numbers below 1e-30, becomes zeros with the scale 1
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
  const scales = new Float32Array(perAxis === 0 ? rows : columns);
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      const group = row * rowStep + column * columnStep;
      const magnitude = Math.abs(matrix[index]!);
      if (magnitude > scales[group]!) scales[group] = magnitude;
    }
  }
  for (let group = 0; group < scales.length; group++) scales[group] = scales[group]! < vanishing ? 1 : scales[group]! / largest;
  const values = new Int8Array(matrix.length);
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      values[index] = Math.round(matrix[index]! / scales[row * rowStep + column * columnStep]!);
    }
  }
  return { values, scales };
}
