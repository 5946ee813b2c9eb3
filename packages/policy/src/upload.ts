import { type NativeOps, nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";

/**
 * A tensor of values whose array is given up: on native TensorFlow there is one copy of them afterwards, and two on the way.
 *
 * tfjs-node uses an array in place, for as long as the tensor lives, where it lies as TensorFlow wants, and copies it elsewhere; either
 * way no copy of TensorFlow's own must be tied to the JS heap.
 */
export function upload(values: Float32Array, shape: readonly number[]): tf.Tensor {
  const tensor = tf.tensor(values, [...shape], "float32");
  const native = nativeOps();
  if (native === undefined || values.length === 0) return tensor;
  let own = tensor;
  if (native.has("CaiCopy") || isInPlace(native, tensor, values)) {
    own = native.has("CaiCopy") ? native.run("CaiCopy", {}, [tensor]) : native.run("DeepCopy", { T: { type: "float32" } }, [tensor]);
    tf.dispose(tensor);
  }
  free(values.buffer as ArrayBuffer);
  return own;
}

/** Gives memory back at once that the collector would keep for long: what is transferred to a port that is closed goes nowhere. */
function free(buffer: ArrayBuffer): void {
  const { port1 } = new MessageChannel();
  port1.close();
  port1.postMessage(undefined, [buffer]);
}

/** Whether the tensor sees a change of the array that it was made of; the array's first value is lost where it does not. */
function isInPlace(native: NativeOps, tensor: tf.Tensor, values: Float32Array): boolean {
  return tf.tidy(() => {
    native.run("Shape", { T: { type: "float32" }, out_type: { type: "int32" } }, [tensor]); // an op, so that the array is handed over
    const first = values[0]!;
    const other = first === 0 ? 1 : 0;
    values[0] = other;
    const [seen] = tf.slice(tf.reshape(tensor, [-1]), 0, 1).dataSync();
    if (seen === other) values[0] = first;
    return seen === other;
  });
}
