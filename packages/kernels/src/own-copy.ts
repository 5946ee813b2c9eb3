import * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";
import { webGpuOps } from "./webgpu-ops.ts";

/**
 * The same float32 numbers in memory that nothing else uses. A tensor may live in the array that it was made of, and share memory with
 * another (`tf.clone`, `tf.reshape`): what is written to, by us or by the array's owner, must be a copy. Our own native kernel also asks
 * for huge pages under it. Outside a tidy the caller disposes of both tensors.
 *
 * @example
 * const values = Float32Array.of(1, 2);
 * const own = ownCopy(tf.tensor1d(values)); // values may be changed
 */
export function ownCopy(tensor: tf.Tensor): tf.Tensor {
  const native = nativeOps();
  const webGpu = webGpuOps();
  if (webGpu !== undefined) return webGpu.copy(tensor);
  if (native === undefined) return tf.tensor(tensor.dataSync<"float32">().slice(), tensor.shape, "float32");
  return native.has("CaiCopy") ? native.run("CaiCopy", {}, [tensor]) : native.run("DeepCopy", { T: { type: "float32" } }, [tensor]);
}
