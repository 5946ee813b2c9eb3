import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { gelu, geluGradient } from "./gelu.ts";

/**
 * gelu(gate)·up, any shape, both alike, with GELU in its tanh form (GEGLU: Shazeer 2020, https://arxiv.org/abs/2002.05202).
 *
 * dup = dy·gelu(gate), dgate = dy·up·gelu'(gate). Saved for the backward pass: gate and up; gelu(gate) is computed again.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = geglu(tf.tensor1d([0, 1]), tf.tensor1d([5, 10])); // [0, 8.412]
 */
export function geglu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  if (!tf.util.arraysEqual(gate.shape, up.shape))
    throw new KernelError("shape-mismatch", `geglu was given gate [${gate.shape}] and up [${up.shape}]: pass two of one shape.`);
  return differentiable({
    inputs: { gate, up },
    forward: (save) => {
      save?.([gate, up]);
      return tf.mul(gelu(gate), up);
    },
    gradients: (dy, [savedGate, savedUp]) => ({
      gate: () => geluGradient(savedGate!, tf.mul(dy, savedUp!)),
      up: () => tf.mul(dy, gelu(savedGate!)),
    }),
  });
}
