import { byteLengthOf, dtypes, elementCount, type TensorData } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";
import { float32ToBfloat16, float32ToFloat16 } from "./half.ts";
import type { TensorEntry } from "./layout.ts";

/** Elements converted, hashed and written at a time. */
const elementsAtATime = 2 ** 22;

/** The bytes of a tensor as the file stores them, in pieces. */
export function* encode(path: string, { name, dtype, shape }: TensorEntry, data: TensorData): Generator<Uint8Array> {
  const count = byteLengthOf(dtype, elementCount(shape)!) / dtypes[dtype].array.BYTES_PER_ELEMENT;
  const round = data instanceof Float32Array ? { F16: float32ToFloat16, BF16: float32ToBfloat16 }[dtype as string] : undefined;
  if (round === undefined && !(data instanceof dtypes[dtype].array)) {
    const expected = dtype === "F16" || dtype === "BF16" ? "Uint16Array or Float32Array" : dtypes[dtype].array.name;
    throw new SafetensorsError("bad-input", `${path}: the data of tensor "${name}" (${dtype}) must be a ${expected}`);
  }
  if (data.length !== count) {
    throw new SafetensorsError("bad-input", `${path}: tensor "${name}" got ${data.length} elements, shape [${shape}] wants ${count}`);
  }
  for (let start = 0; start < count; start += elementsAtATime) {
    const piece = data.subarray(start, start + elementsAtATime);
    const stored = round === undefined ? piece : round(piece as Float32Array);
    yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }
}
