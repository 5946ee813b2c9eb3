import { nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { PolicyError } from "../error.ts";

/** Throws PolicyError, with file, tensor and element, for weights that are no numbers. */
export function checkFinite(values: Float32Array, tensorName: string, where: string): void {
  if (areFiniteNatively(values)) return;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! - values[i]! !== 0)
      throw new PolicyError("not-finite", `${where}: tensor "${tensorName}" holds ${values[i]} at element ${i}: the weights are damaged`);
  }
}

/** Told by the sum of their squares, many times faster than here; false too where that overflows, and without native kernels. */
function areFiniteNatively(values: Float32Array): boolean {
  const native = nativeOps();
  if (values.length === 0 || !native?.has("CaiSumsOfSquares")) return false;
  const [sum] = tf.tidy(() => native.run("CaiSumsOfSquares", { N: { int: 1 } }, [tf.tensor1d(values)]).dataSync<"float32">());
  return Number.isFinite(sum);
}
