/**
 * The largest magnitude. Two products of 8 unsigned bits with it stay within 16 signed ones (2 · 255 · 63 < 2¹⁵), where processors without
 * 8-bit dot products add them up, cutting off what is larger: 127 would be a little finer, and wrong there.
 */
const largest = 63;

/** Below it a scale would lose its digits. */
const vanishing = 1e-30;

/**
 * Scales for a matrix in int8, symmetric, −63 … 63: max |x| / 63 over each row or column, so that x / scale, rounded, is at most half a scale off.
 *
 * @param matrix row-major, `[rows, columns]`
 * @param perAxis whether each row (0) or each column (1) has a scale of its own; one of zeros, or of numbers below 1e-30, has the scale 1
 * @returns `[rows]` or `[columns]`; no finite number for those that hold one that isn't
 * @example
 * int8Scales({ matrix: Float32Array.of(63, -31.5, 0, 2), shape: [2, 2], perAxis: 1 }); // 1 and 0.5
 */
export function int8Scales({
  matrix,
  shape: [rows, columns],
  perAxis,
}: {
  readonly matrix: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
  readonly perAxis: 0 | 1;
}): Float32Array {
  const bits = new Int32Array(matrix.buffer, matrix.byteOffset, matrix.length);
  const magnitudes = perAxis === 0 ? rowMagnitudes(bits, rows, columns) : columnMagnitudes(bits, rows, columns);
  return magnitudes.map((magnitude) => (magnitude < vanishing ? 1 : magnitude / largest));
}

// Without their signs, floats are in the order of their bits, with what is not finite above all others; and whole numbers are compared faster.
const magnitudeBits = 0x7fffffff;

function rowMagnitudes(bits: Int32Array, rows: number, columns: number): Float32Array {
  const magnitudes = new Int32Array(rows);
  for (let row = 0, index = 0; row < rows; row++) {
    let largestBits = 0;
    for (const end = index + columns; index < end; index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude > largestBits) largestBits = magnitude;
    }
    magnitudes[row] = largestBits;
  }
  return new Float32Array(magnitudes.buffer);
}

function columnMagnitudes(bits: Int32Array, rows: number, columns: number): Float32Array {
  const magnitudes = new Int32Array(columns);
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude > magnitudes[column]!) magnitudes[column] = magnitude;
    }
  }
  return new Float32Array(magnitudes.buffer);
}
