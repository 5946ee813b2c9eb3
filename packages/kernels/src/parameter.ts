import type { Parameter } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";

/**
 * A named weight that can be replaced. It owns `value` from here on, and keeps it alive through any surrounding tidy; to free it at
 * the end, its model calls `tf.dispose(parameter.value)`.
 *
 * @throws KernelError `shape-mismatch` from `assign` and `replace`, `replacing` when read while it is being replaced.
 * @example
 * const weight = createParameter({ name: "wte.weight", layer: -1, value: tf.zeros([2, 3]) });
 * weight.assign(tf.ones([2, 3]));
 */
export function createParameter({
  name,
  layer,
  value,
  trainable = true,
}: {
  name: string;
  layer: number;
  value: tf.Tensor;
  trainable?: boolean;
}): Parameter<tf.Tensor> {
  const shape = value.shape.slice();
  let current: tf.Tensor | undefined = tf.keep(value);
  const adopt = (next: tf.Tensor) => {
    if (next.dtype !== "float32" || !tf.util.arraysEqual(next.shape, shape))
      throw new KernelError(
        "shape-mismatch",
        `Parameter ${name} was given ${next.dtype} [${next.shape}]: it holds float32 [${shape}], pass a tensor of that shape.`,
      );
    current = tf.keep(next);
  };
  return {
    name,
    shape,
    layer,
    trainable,
    get value() {
      if (current === undefined)
        throw new KernelError("replacing", `Parameter ${name} has no value while it is being replaced: read it before or after.`);
      return current;
    },
    assign(next) {
      const old = current;
      adopt(next);
      if (old !== next) old?.dispose();
    },
    replace(update) {
      current?.dispose();
      current = undefined;
      adopt(update());
    },
  };
}
