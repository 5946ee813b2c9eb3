import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";

/**
 * silu(gate)·up, any shape, both alike (SwiGLU: Shazeer 2020, https://arxiv.org/abs/2002.05202; silu(x) = x·σ(x)).
 *
 * With s = σ(gate): dup = dy·gate·s, dgate = dy·up·(s + gate·s(1 − s)). Saved for the backward pass: gate and up; s is computed again.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = swiglu(tf.tensor1d([0, 1]), tf.tensor1d([5, 10])); // [0, 7.3106]
 */
export function swiglu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  if (!tf.util.arraysEqual(gate.shape, up.shape))
    throw new KernelError("shape-mismatch", `swiglu was given gate [${gate.shape}] and up [${up.shape}]: pass two of one shape.`);
  return nativeOps()?.has("CaiSwiglu") ? nativeSwiglu(gate, up) : portableSwiglu(gate, up);
}

function nativeSwiglu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  return differentiable({
    inputs: { gate, up },
    forward: (save) => {
      save?.([gate, up]);
      return nativeOps()!.run("CaiSwiglu", {}, [gate, up]);
    },
    gradients: (dy, [savedGate, savedUp]) => {
      const [forGate, forUp] = nativeOps()!.runMany("CaiSwigluGradient", {}, [savedGate!, savedUp!, dy], 2);
      return { gate: () => forGate!, up: () => forUp! };
    },
  });
}

/** As `swiglu`, in tfjs's operations. */
export function portableSwiglu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  return differentiable({
    inputs: { gate, up },
    forward: (save) => {
      save?.([gate, up]);
      return tf.mul(silu(gate), up);
    },
    gradients: (dy, [savedGate, savedUp]) => ({
      gate: () => {
        const s = tf.sigmoid(savedGate!);
        const sigmoidSlope =
          nativeOps()?.run("SigmoidGrad", { T: { type: "float32" } }, [s, savedGate!]) ?? tf.mul(tf.mul(s, tf.sub(1, s)), savedGate!);
        return tf.mul(tf.mul(dy, savedUp!), tf.add(s, sigmoidSlope));
      },
      up: () => tf.mul(dy, silu(savedGate!)),
    }),
  });
}

function silu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(x));
}
