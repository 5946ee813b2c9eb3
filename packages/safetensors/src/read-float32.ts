import type { OpenFile } from "@cai/whole-file";
import { SafetensorsError } from "./error.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half.ts";
import type { StoredTensor } from "./header.ts";
import { readBytes } from "./read-bytes.ts";
import { refuseDtype } from "./refuse-dtype.ts";

/** Elements converted at a time, so that little more than the result is held. */
const elementsAtATime = 2 ** 20;

/** A floating-point tensor's values in float32, in `into` if there is one. */
export async function readFloat32(file: OpenFile, name: string, tensor: StoredTensor, into?: Float32Array): Promise<Float32Array> {
  const { position } = tensor;
  const length = tensor.shape.reduce((product, size) => product * size, 1);
  if (into !== undefined && into.length !== length)
    throw new SafetensorsError(
      "bad-input",
      `${file.path}: tensor "${name}" has ${length} elements, the array to read it into ${into.length}`,
    );
  const values = () => into ?? new Float32Array(length);
  const stored = Math.min(length, elementsAtATime);
  switch (tensor.dtype) {
    case "F32": {
      const read = values();
      await readBytes(file, position, new Uint8Array(read.buffer, read.byteOffset, read.byteLength));
      return read;
    }
    case "F16":
      return converted({ file, position, values: values(), stored: new Uint16Array(stored), convert: float16ToFloat32 });
    case "BF16":
      return converted({ file, position, values: values(), stored: new Uint16Array(stored), convert: bfloat16ToFloat32 });
    case "F64":
      return converted({ file, position, values: values(), stored: new Float64Array(stored), convert: (from, to) => to.set(from) });
    default:
      throw refuseDtype(file.path, name, tensor.dtype);
  }
}

async function converted<Stored extends Uint16Array | Float64Array>(options: {
  file: OpenFile;
  position: number;
  values: Float32Array;
  stored: Stored;
  convert: (from: Stored, to: Float32Array) => unknown;
}): Promise<Float32Array> {
  const { file, position, values, stored, convert } = options;
  for (let start = 0; start < values.length; start += stored.length) {
    const from = stored.subarray(0, values.length - start) as Stored;
    await readBytes(file, position + start * stored.BYTES_PER_ELEMENT, new Uint8Array(from.buffer, 0, from.byteLength));
    convert(from, values.subarray(start, start + from.length));
  }
  return values;
}
