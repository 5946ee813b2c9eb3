import { SafetensorsError } from "./error.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half.ts";
import type { StoredTensor } from "./header.ts";
import { type OpenFile, readBytes } from "./read-bytes.ts";

/** Elements converted at a time, so that little more than the result is held. */
const elementsAtATime = 2 ** 20;

/** A floating-point tensor's values in float32. */
export async function readFloat32(file: OpenFile, name: string, tensor: StoredTensor): Promise<Float32Array> {
  const { position, byteLength } = tensor;
  switch (tensor.dtype) {
    case "F32": {
      const values = new Float32Array(byteLength / 4);
      await readBytes(file, position, new Uint8Array(values.buffer));
      return values;
    }
    case "F16":
      return converted({ file, tensor, stored: new Uint16Array(chunkLength(byteLength / 2)), convert: float16ToFloat32 });
    case "BF16":
      return converted({ file, tensor, stored: new Uint16Array(chunkLength(byteLength / 2)), convert: bfloat16ToFloat32 });
    case "F64":
      return converted({ file, tensor, stored: new Float64Array(chunkLength(byteLength / 8)), convert: (from, to) => to.set(from) });
    default:
      throw new SafetensorsError(
        "wrong-dtype",
        `${file.path}: tensor "${name}" is ${tensor.dtype}, expected F32, F16, BF16 or F64: use read() for the stored elements`,
      );
  }
}

function chunkLength(elements: number): number {
  return Math.min(elements, elementsAtATime);
}

async function converted<Stored extends Uint16Array | Float64Array>(options: {
  file: OpenFile;
  tensor: StoredTensor;
  stored: Stored;
  convert: (from: Stored, to: Float32Array) => unknown;
}): Promise<Float32Array> {
  const { file, tensor, stored, convert } = options;
  const values = new Float32Array(tensor.byteLength / stored.BYTES_PER_ELEMENT);
  for (let start = 0; start < values.length; start += stored.length) {
    const from = stored.subarray(0, values.length - start) as Stored;
    await readBytes(file, tensor.position + start * stored.BYTES_PER_ELEMENT, new Uint8Array(from.buffer, 0, from.byteLength));
    convert(from, values.subarray(start, start + from.length));
  }
  return values;
}
