import type * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";

/** Refuses ids that are not int32 or not in 0 … size − 1: backends differ in what they do with such, from zeros to a crash. */
export function checkIds(operation: string, ids: tf.Tensor, size: number): void {
  if (ids.dtype !== "int32") throw new KernelError("bad-dtype", `${operation} was given ${ids.dtype} ids: pass int32.`);
  const values = ids.dataSync();
  const wrong = values.findIndex((id) => id < 0 || id >= size);
  if (wrong >= 0)
    throw new KernelError(
      "id-out-of-range",
      `${operation} was given id ${values[wrong]} at position ${wrong}: ids must be 0 … ${size - 1}; is the tokenizer this model's own?`,
    );
}
