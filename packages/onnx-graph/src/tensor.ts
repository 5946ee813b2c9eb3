import { OnnxGraphError } from "./error.ts";
import { toBfloat16Bits, toFloat16Bits } from "./float16.ts";

/** ONNX's number for each element type, and the array that holds its elements as they lie in memory. */
export const dataTypes = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int8: { code: 3, array: Int8Array },
  uint16: { code: 4, array: Uint16Array },
  int16: { code: 5, array: Int16Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  bool: { code: 9, array: Uint8Array },
  float16: { code: 10, array: Uint16Array },
  float64: { code: 11, array: Float64Array },
  uint32: { code: 12, array: Uint32Array },
  uint64: { code: 13, array: BigUint64Array },
  bfloat16: { code: 16, array: Uint16Array },
} as const;

/** An element type, by its common name. */
export type DataType = keyof typeof dataTypes;

/** Elements as they lie in memory. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A constant tensor, row-major. */
export interface TensorData {
  readonly type: DataType;
  /** `[]` is a scalar. */
  readonly shape: readonly number[];
  /**
   * The type's own array (float16 and bfloat16: their bits in a Uint16Array; bool: 0 and 1 in a Uint8Array), or plain numbers, or, for the
   * half-precision types, a Float32Array; the latter two are converted, floats rounding to nearest. Integers must fit exactly.
   */
  readonly data: TypedArray | readonly number[];
}

/**
 * The little-endian bytes of a tensor: a view of its own array where no conversion is needed.
 *
 * @param name What the error calls it.
 * @throws OnnxGraphError `invalid-tensor` where shape, type and data don't agree.
 */
export function tensorBytes(tensor: TensorData, name: string): Uint8Array {
  const { shape, data } = tensor;
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new OnnxGraphError("invalid-tensor", `tensor ${name}: its shape is [${shape}], wanted whole numbers from 0`);
  }
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) {
    throw new OnnxGraphError("invalid-tensor", `tensor ${name}: ${data.length} numbers for the shape [${shape}], which wants ${size}`);
  }
  const array = toTypedArray(tensor, name);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function toTypedArray({ type, data }: TensorData, name: string): TypedArray {
  const Elements = dataTypes[type]?.array;
  if (Elements === undefined) {
    throw new OnnxGraphError("invalid-tensor", `tensor ${name}: unknown type ${type}, wanted one of ${Object.keys(dataTypes).join(", ")}`);
  }
  if (data instanceof Elements) return data;
  if (isNumbers(data) || data instanceof Float32Array) {
    if (type === "float16") return toFloat16Bits(data);
    if (type === "bfloat16") return toBfloat16Bits(data);
  }
  if (isNumbers(data)) {
    if (type === "float32") return Float32Array.from(data);
    if (type === "float64") return Float64Array.from(data);
    return integersOf({ type, data, name });
  }
  throw new OnnxGraphError(
    "invalid-tensor",
    `tensor ${name}: its data is a ${data.constructor.name}, wanted a ${Elements.name} or plain numbers for ${type}`,
  );
}

function integersOf({ type, data, name }: { type: DataType; data: readonly number[]; name: string }): TypedArray {
  const unfit = (value: number) => new OnnxGraphError("invalid-tensor", `tensor ${name}: ${value} is no ${type}`);
  const Elements = dataTypes[type].array;
  if (Elements === BigInt64Array || Elements === BigUint64Array) {
    for (const value of data) {
      if (!Number.isSafeInteger(value) || (value < 0 && type === "uint64")) throw unfit(value);
    }
    return Elements.from(data.map(BigInt));
  }
  const array = (Elements as typeof Int32Array).from(data);
  for (const [index, value] of data.entries()) {
    if (array[index] !== value || (type === "bool" && value > 1)) throw unfit(value);
  }
  return array;
}

function isNumbers(data: TensorData["data"]): data is readonly number[] {
  return Array.isArray(data);
}
