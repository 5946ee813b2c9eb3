/**
 * Bits an element, and the array that holds the stored elements as they are: half-precision and 8-bit floats as bit patterns, complex numbers as
 * pairs. Of elements that are no whole bytes, several share a byte of theirs.
 */
export const dtypes = {
  F64: { bits: 64, array: Float64Array },
  I64: { bits: 64, array: BigInt64Array },
  U64: { bits: 64, array: BigUint64Array },
  C64: { bits: 64, array: Float32Array },
  F32: { bits: 32, array: Float32Array },
  I32: { bits: 32, array: Int32Array },
  U32: { bits: 32, array: Uint32Array },
  F16: { bits: 16, array: Uint16Array },
  BF16: { bits: 16, array: Uint16Array },
  I16: { bits: 16, array: Int16Array },
  U16: { bits: 16, array: Uint16Array },
  F8_E4M3: { bits: 8, array: Uint8Array },
  F8_E5M2: { bits: 8, array: Uint8Array },
  F8_E8M0: { bits: 8, array: Uint8Array },
  F8_E4M3FNUZ: { bits: 8, array: Uint8Array },
  F8_E5M2FNUZ: { bits: 8, array: Uint8Array },
  I8: { bits: 8, array: Int8Array },
  U8: { bits: 8, array: Uint8Array },
  BOOL: { bits: 8, array: Uint8Array },
  F6_E2M3: { bits: 6, array: Uint8Array },
  F6_E3M2: { bits: 6, array: Uint8Array },
  F4: { bits: 4, array: Uint8Array },
} as const;

/** The names that a header uses. */
export type Dtype = keyof typeof dtypes;

/**
 * A tensor's elements as they are stored: `Uint16Array` for F16 and BF16, `Uint8Array` for BOOL and floats of 8 bits and fewer, `Float32Array`
 * of real and imaginary parts for C64.
 */
export type TensorData =
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Int16Array
  | Uint8Array
  | Int8Array;

export function isDtype(name: unknown): name is Dtype {
  return typeof name === "string" && Object.hasOwn(dtypes, name);
}

/** Bytes that so many elements take; a fraction where the last byte would not be full, which the format does not allow. */
export function byteLengthOf(dtype: Dtype, count: number): number {
  return (count * dtypes[dtype].bits) / 8;
}

/** Product of the dimensions, 1 for a scalar; undefined where it is not a count that JavaScript can hold. */
export function elementCount(shape: unknown): number | undefined {
  if (!Array.isArray(shape)) return undefined;
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) return undefined;
    count *= dimension;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
