/** Bytes an element, and the array that holds the stored elements as they are: half-precision and 8-bit floats as bit patterns. */
export const dtypes = {
  F64: { bytes: 8, array: Float64Array },
  I64: { bytes: 8, array: BigInt64Array },
  U64: { bytes: 8, array: BigUint64Array },
  F32: { bytes: 4, array: Float32Array },
  I32: { bytes: 4, array: Int32Array },
  U32: { bytes: 4, array: Uint32Array },
  F16: { bytes: 2, array: Uint16Array },
  BF16: { bytes: 2, array: Uint16Array },
  I16: { bytes: 2, array: Int16Array },
  U16: { bytes: 2, array: Uint16Array },
  F8_E4M3: { bytes: 1, array: Uint8Array },
  F8_E5M2: { bytes: 1, array: Uint8Array },
  I8: { bytes: 1, array: Int8Array },
  U8: { bytes: 1, array: Uint8Array },
  BOOL: { bytes: 1, array: Uint8Array },
} as const;

/** The names that a header uses. */
export type Dtype = keyof typeof dtypes;

/** A tensor's elements as they are stored: `Uint16Array` for F16 and BF16, `Uint8Array` for BOOL and 8-bit floats. */
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
