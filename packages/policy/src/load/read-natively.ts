import { nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";

/** How numbers may be stored, in the order of `Stored` in read-floats.cc. */
const stored: readonly string[] = ["F32", "F16", "BF16"];

/** A tensor's numbers in an open file. */
export interface StoredNumbers {
  readonly descriptor: number;
  readonly position: number;
  readonly dtype: string;
  readonly shape: readonly number[];
}

/**
 * The numbers in float32 as a tensor, read straight into TensorFlow's memory by all cores; the caller disposes. Undefined where no kernel
 * reads them, and where they are not all there and finite: who reads them by `readFloat32` and `checkFinite` then is told what is wrong.
 */
export function readNatively({ descriptor, position, dtype, shape }: StoredNumbers): tf.Tensor | undefined {
  const native = nativeOps();
  const kind = stored.indexOf(dtype);
  if (kind < 0 || !native?.has("CaiReadFloats")) return undefined;
  const inputs = [[descriptor, Math.floor(position / 2 ** 31), position % 2 ** 31, kind], [...shape]].map((numbers) =>
    tf.tensor1d(numbers, "int32"),
  );
  const [values, whole] = native.runMany("CaiReadFloats", {}, inputs, 2) as [tf.Tensor, tf.Tensor];
  const [isWhole] = whole.dataSync();
  tf.dispose([...inputs, whole]);
  if (isWhole === 1) return values;
  values.dispose();
  return undefined;
}
