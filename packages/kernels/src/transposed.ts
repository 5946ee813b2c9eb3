import * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";

/** `[M, N]` as `[N, M]`, no gradient. TensorFlow's transpose takes ten times as long where one of both is small. */
export function transposed(x: tf.Tensor): tf.Tensor {
  const native = nativeOps();
  return native?.has("CaiTranspose") ? native.run("CaiTranspose", {}, [x]) : tf.transpose(x);
}
