import * as tf from "@tensorflow/tfjs-core";

/** Another tensor on the same storage, which lives until both are disposed of. `tf.clone` is that too, but on WASM, where it copies. */
export function sharingTensor(tensor: tf.Tensor): tf.Tensor {
  tf.backend().incRef(tensor.dataId);
  return tf.engine().makeTensorFromTensorInfo(tensor);
}
