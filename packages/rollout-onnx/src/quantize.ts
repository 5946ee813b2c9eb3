import { int8Scales } from "@cai/onnx-graph";

/** A matrix of int8 with a float32 scale for each output. */
export interface QuantizedMatrix {
  /** `[I, O]`. */
  readonly values: Int8Array;
  /** `[O]`; value · scale ≈ the number that it stands for. */
  readonly scales: Float32Array;
}

/**
 * Symmetric rounding to −63 … 63, by an output's `int8Scales`: an error is at most half a scale.
 *
 * @param matrix row-major, `[I, O]`, or if `transposed` `[O, I]`
 * @returns undefined where a number is not finite
 */
export function quantizeOutputs(
  matrix: Float32Array,
  [rows, columns]: readonly [number, number],
  transposed: boolean,
): QuantizedMatrix | undefined {
  const scales = int8Scales({ matrix, shape: [rows, columns], perAxis: transposed ? 0 : 1 });
  if (!scales.every(Number.isFinite)) return undefined;
  // Products are faster than divisions; of millions of numbers some few, next to a half, then go the other way.
  const steps = scales.map((scale) => 1 / scale);
  const values = new Int8Array(matrix.length);
  if (transposed) roundTransposed(matrix, rows, columns, steps, values);
  else roundRows(matrix, rows, columns, steps, values);
  return { values, scales };
}

// To the nearest whole number: what is added makes −63 … 63 positive, and is taken away again; faster than Math.round.
const offset = 64;
const half = offset + 0.5;

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
