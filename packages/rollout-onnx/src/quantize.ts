/** A matrix of int8 with a float32 scale for each output. */
export interface QuantizedMatrix {
  /** `[I, O]`. */
  readonly values: Int8Array;
  /** `[O]`; value · scale ≈ the number that it stands for. */
  readonly scales: Float32Array;
}

/**
 * The largest magnitude: two products of 8 unsigned bits with it stay within 16 signed ones (2 · 255 · 63 < 2¹⁵), where processors without
 * 8-bit dot products add them up, cutting off what is larger.
 */
const largest = 63;

/** Below it a scale would lose its digits. */
const vanishing = 1e-30;

/**
 * Symmetric rounding to −63 … 63, scale = max |x| / 63 over an output's weights: an error is at most half a scale. An output of zeros, or of
 * numbers below 1e-30, becomes zeros with the scale 1.
 *
 * @param matrix row-major, `[I, O]`, or if `transposed` `[O, I]`
 * @returns undefined where a number is not finite
 */
export function quantizeOutputs(
  matrix: Float32Array,
  [rows, columns]: readonly [number, number],
  transposed: boolean,
): QuantizedMatrix | undefined {
  const magnitudes = transposed ? rowMagnitudes(matrix, rows, columns) : columnMagnitudes(matrix, rows, columns);
  if (!magnitudes.every(Number.isFinite)) return undefined;
  const scales = magnitudes.map((magnitude) => (magnitude < vanishing ? 1 : magnitude / largest));
  const steps = scales.map((scale) => 1 / scale);
  const values = new Int8Array(matrix.length);
  if (transposed) roundTransposed(matrix, rows, columns, steps, values);
  else roundRows(matrix, rows, columns, steps, values);
  return { values, scales };
}

// To the nearest whole number: what is added makes all positive, and is taken away again; faster than Math.round.
const half = largest + 1.5;
const offset = largest + 1;

function roundRows(matrix: Float32Array, rows: number, columns: number, steps: Float32Array, values: Int8Array): void {
  for (let row = 0, index = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, index++) values[index] = ((matrix[index]! * steps[column]! + half) | 0) - offset;
}

/** Four rows at a time, which end up beside each other. */
function roundTransposed(matrix: Float32Array, rows: number, columns: number, steps: Float32Array, values: Int8Array): void {
  const whole = rows - (rows % 4);
  for (let row = 0; row < whole; row += 4) {
    const [step0, step1, step2, step3] = [steps[row]!, steps[row + 1]!, steps[row + 2]!, steps[row + 3]!];
    let source = row * columns;
    let target = row;
    for (let column = 0; column < columns; column++, source++, target += rows) {
      values[target] = ((matrix[source]! * step0 + half) | 0) - offset;
      values[target + 1] = ((matrix[source + columns]! * step1 + half) | 0) - offset;
      values[target + 2] = ((matrix[source + 2 * columns]! * step2 + half) | 0) - offset;
      values[target + 3] = ((matrix[source + 3 * columns]! * step3 + half) | 0) - offset;
    }
  }
  for (let row = whole; row < rows; row++)
    for (let column = 0; column < columns; column++)
      values[column * rows + row] = ((matrix[row * columns + column]! * steps[row]! + half) | 0) - offset;
}

// Without their signs, floats are in the order of their bits, with what is not finite above all others; and whole numbers are compared faster.
const magnitudeBits = 0x7fffffff;

function rowMagnitudes(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const bits = new Int32Array(matrix.buffer, matrix.byteOffset, matrix.length);
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

function columnMagnitudes(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const bits = new Int32Array(matrix.buffer, matrix.byteOffset, matrix.length);
  const magnitudes = new Int32Array(columns);
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude > magnitudes[column]!) magnitudes[column] = magnitude;
    }
  }
  return new Float32Array(magnitudes.buffer);
}
