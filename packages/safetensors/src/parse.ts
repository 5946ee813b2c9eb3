import { type Dtype, dtypes, type TensorData } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half.ts";
import { headerLengthOf, parseHeader, type TensorInfo } from "./header.ts";
import { refuseDtype } from "./refuse-dtype.ts";

/** A tensor as it is stored. */
export interface ReadTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** The tensors of a file that is in memory. */
export interface ParsedSafetensors {
  /** In the order of their bytes in the file. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The stored elements, in an array of their own; F16 and BF16 as bit patterns. */
  read(name: string): ReadTensor;
  /** The values of an F32, F16, BF16 or F64 tensor in float32, in an array of their own: exact, but for F64, which is rounded. */
  readFloat32(name: string): Float32Array;
}

/**
 * Reads a safetensors file whose bytes are there, from a `fetch` say: the same checks as `openSafetensors`, in browsers too.
 *
 * @param where What messages call it. Default "the safetensors given".
 * @throws SafetensorsError, with the tensor, also from the methods of the result: `bad-file`, `unknown-tensor`, `wrong-dtype`
 * @example
 * const file = parseSafetensors(serializeSafetensors([{ name: "w", dtype: "BF16", shape: [2], data: Float32Array.of(1, -2) }]));
 * console.log(file.names, file.readFloat32("w")); // [ 'w' ] Float32Array(2) [ 1, -2 ]
 */
export function parseSafetensors(bytes: Uint8Array, where = "the safetensors given"): ParsedSafetensors {
  const dataStart = 8 + headerLengthOf(where, bytes, bytes.length);
  const { tensors, metadata } = parseHeader(where, bytes.subarray(8, dataStart), bytes.length);
  const read = (name: string): ReadTensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new SafetensorsError("unknown-tensor", `${where} has no tensor "${name}"`);
    const { dtype, shape, byteLength, position } = tensor;
    const stored = new Uint8Array(byteLength); // in a buffer of its own, so that elements of any width are aligned
    stored.set(bytes.subarray(position, position + byteLength));
    return { dtype, shape, data: new dtypes[dtype].array(stored.buffer) };
  };
  const readFloat32 = (name: string): Float32Array => {
    const { dtype, data } = read(name);
    if (dtype === "F32") return data as Float32Array;
    if (dtype === "F16") return float16ToFloat32(data as Uint16Array);
    if (dtype === "BF16") return bfloat16ToFloat32(data as Uint16Array);
    if (dtype === "F64") return Float32Array.from(data as Float64Array);
    throw refuseDtype(where, name, dtype);
  };
  return { names: [...tensors.keys()], metadata, tensors, read, readFloat32 };
}
