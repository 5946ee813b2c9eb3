import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";

/** By how much each pair of a head's numbers is turned at each place: see {@link rotation}. */
export interface Rotation {
  /** `[B, 1, T, d]`. */
  readonly cosine: tf.Tensor;
  /** `[B, 1, T, d]`, the first half negated. */
  readonly sine: tf.Tensor;
}

/**
 * The angles of rotary position embeddings: the pair (i, i + d/2) of a head is turned by position·frequencies[i] radians.
 *
 * `positions` is int32 `[B, T]`, `frequencies` has d/2 numbers. Made once for all layers of a pass; the caller disposes of both tensors.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const quarterTurns = rotation(tf.tensor2d([[0, 1]], [1, 2], "int32"), Float32Array.of(Math.PI / 2));
 */
export function rotation(positions: tf.Tensor, frequencies: Float32Array): Rotation {
  if (positions.rank !== 2) throw new KernelError("shape-mismatch", `rotation was given positions [${positions.shape}]: pass [B, T].`);
  const [rows, columns] = positions.shape as [number, number];
  return tf.tidy(() => {
    const angles = tf.mul(tf.reshape(tf.cast(positions, "float32"), [rows, 1, columns, 1]), tf.tensor1d(frequencies));
    const [half, turn] = [tf.cos(angles), tf.sin(angles)];
    return { cosine: tf.concat([half, half], -1), sine: tf.concat([tf.neg(turn), turn], -1) };
  });
}

/**
 * Rotary position embeddings (Su et al. 2021, https://arxiv.org/abs/2104.09864), halves as in Hugging Face's models: x = [a, b] becomes
 * [a·cos − b·sin, b·cos + a·sin].
 *
 * `x` is `[B, h, T, d]`, d even; the result likewise. The gradient turns dy back by the same angles. Saved for the backward pass: the rotation.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const turned = rotaryEmbedding(tf.tensor4d([3, 4], [1, 1, 1, 2]), rotation(tf.ones([1, 1], "int32"), Float32Array.of(Math.PI / 2))); // [-4, 3]
 */
export function rotaryEmbedding(x: tf.Tensor, { cosine, sine }: Rotation): tf.Tensor {
  const [rows, , columns, size] = x.shape as [number, number, number, number];
  if (x.rank !== 4 || !tf.util.arraysEqual(cosine.shape, [rows, 1, columns, size]))
    throw new KernelError(
      "shape-mismatch",
      `rotaryEmbedding was given x [${x.shape}] and a rotation [${cosine.shape}]: pass [B, h, T, d] and the rotation of [B, T] positions with d/2 frequencies.`,
    );
  return differentiable({
    inputs: { x },
    forward: (save) => {
      save?.([cosine, sine]);
      return tf.add(tf.mul(x, cosine), tf.mul(halvesSwapped(x), sine));
    },
    gradients: (dy, [savedCosine, savedSine]) => ({
      x: () => tf.sub(tf.mul(dy, savedCosine!), tf.mul(halvesSwapped(dy), savedSine!)),
    }),
  });
}

/** `[…, a, b]` to `[…, b, a]`: one reversed axis is fewer passes than two slices and a concatenation. */
function halvesSwapped(x: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.reverse(tf.reshape(x, [-1, 2, x.shape.at(-1)! / 2]), 1), x.shape);
}
