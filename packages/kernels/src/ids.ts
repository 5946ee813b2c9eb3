import type * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";

/**
 * The ids' numbers. Refuses what is not int32 or not in 0 … size − 1: backends differ in what they do with such, from zeros to a crash.
 */
export function readIds(operation: string, ids: tf.Tensor, size: number): Int32Array {
  if (ids.dtype !== "int32") throw new KernelError("bad-dtype", `${operation} was given ${ids.dtype} ids: pass int32.`);
  const values = ids.dataSync<"int32">();
  const wrong = values.findIndex((id) => id < 0 || id >= size);
  if (wrong >= 0)
    throw new KernelError(
      "id-out-of-range",
      `${operation} was given id ${values[wrong]} at position ${wrong}: ids must be 0 … ${size - 1}; is the tokenizer this model's own?`,
    );
  return values;
}
