import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { nativeOps } from "./native-ops.ts";

const a = 0.044715;
const c = Math.sqrt(2 / Math.PI);

/**
 * GELU in its tanh form (Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415; `gelu_new` in GPT-2), any shape.
 *
 * y = ½x(1 + tanh u) = x·s with s = σ(2u), u = c(x + a·x³), a = 0.044715, c = √(2/π).
 * dy/dx = s + x·s(1 − s)·2u', u' = c(1 + 3a·x²). Saved for the backward pass: x; without the native kernel dy/dx, computed along with y.
 *
 * @example
 * const y = gelu(tf.tensor1d([-1, 0, 1])); // [-0.1588, 0, 0.8412]
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return nativeOps()?.has("CaiGelu") ? nativeGelu(x) : portableGelu(x);
}

function nativeGelu(x: tf.Tensor): tf.Tensor {
  return differentiable({
    inputs: { x },
    forward: (save) => {
      save?.([x]);
      return nativeOps()!.run("CaiGelu", {}, [x]);
    },
    gradients: (dy, [savedX]) => ({ x: () => geluGradient(savedX!, dy) }),
  });
}

/** As `gelu`, in tfjs's operations. */
export function portableGelu(x: tf.Tensor): tf.Tensor {
  return differentiable({
    inputs: { x },
    forward: (save) => {
      // Squares, because TensorFlow's pow takes 20 times the time of a product.
      const square = tf.square(x);
      const s = sigmoidOf(x, square);
      if (save) save([slopeOf(x, square, s)]);
      return tf.mul(x, s);
    },
    gradients: (dy, [slope]) => ({ x: () => tf.mul(dy, slope!) }),
  });
}

/** dy·gelu'(x), by itself: where y is computed too, {@link gelu} has it for less. */
export function geluGradient(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const native = nativeOps();
  if (native?.has("CaiGeluGradient")) return native.run("CaiGeluGradient", {}, [x, dy]);
  const square = tf.square(x);
  return tf.mul(dy, slopeOf(x, square, sigmoidOf(x, square)));
}

/** s. */
function sigmoidOf(x: tf.Tensor, square: tf.Tensor): tf.Tensor {
  return tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, 2 * c * a), 2 * c)));
}

/** dy/dx. */
function slopeOf(x: tf.Tensor, square: tf.Tensor, s: tf.Tensor): tf.Tensor {
  const sigmoidSlope = nativeOps()?.run("SigmoidGrad", { T: { type: "float32" } }, [s, x]) ?? tf.mul(tf.mul(s, tf.sub(1, s)), x);
  return tf.add(s, tf.mul(sigmoidSlope, tf.add(tf.mul(square, 6 * c * a), 2 * c)));
}
