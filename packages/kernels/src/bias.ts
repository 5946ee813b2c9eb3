import * as tf from "@tensorflow/tfjs-core";
import { asMatrix } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";

/**
 * `[..., O]` plus the bias `[O]` in each row. Natively it is written into `product`, which must be a tensor that the caller has just made
 * and shares with nobody; whatever is passed, go on with the result alone.
 */
export function withBias(product: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const native = nativeOps();
  if (!native?.has("CaiAddBias")) return tf.add(product, bias);
  native.runMany("CaiAddBias", {}, [product, bias], 0);
  return product;
}

/** Σ over all rows, a bias' gradient: `[..., H]` to `[H]`. */
export function sumOfRows(x: tf.Tensor): tf.Tensor {
  const native = nativeOps();
  return native?.has("CaiSumRows") ? native.run("CaiSumRows", {}, [x]) : portableSumOfRows(x);
}

/** As `sumOfRows`, in operations that TensorFlow brings. */
export function portableSumOfRows(x: tf.Tensor): tf.Tensor {
  const rows = asMatrix(x);
  // Twice as fast as TensorFlow's general sum.
  return nativeOps()?.run("BiasAddGrad", { T: { type: "float32" }, data_format: { string: "NHWC" } }, [rows]) ?? tf.sum(rows, 0);
}
