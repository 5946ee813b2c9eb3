import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";
import { webGpuOps } from "./webgpu-ops.ts";

/** By how much each pair of a head's numbers is turned at each place: see {@link rotation}. */
export interface Rotation {
  /** `[N, 1, d]`. */
  readonly cosine: tf.Tensor;
  /** `[N, 1, d]`, the first half negated. */
  readonly sine: tf.Tensor;
}

/**
 * The angles of rotary position embeddings: the pair (i, i + d/2) of a head is turned by position·frequencies[i] radians.
 *
 * `positions` is int32 `[N]`, `frequencies` has d/2 numbers. Made once for all layers of a pass; the caller disposes of both tensors.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const quarterTurns = rotation(tf.tensor1d([0, 1], "int32"), Float32Array.of(Math.PI / 2));
 */
export function rotation(positions: tf.Tensor, frequencies: Float32Array): Rotation {
  if (positions.rank !== 1) throw new KernelError("shape-mismatch", `rotation was given positions [${positions.shape}]: pass [N].`);
  if (webGpuOps() !== undefined) return rotationInJs(positions, frequencies);
  return tf.tidy(() => {
    const angles = tf.mul(tf.reshape(tf.cast(positions, "float32"), [positions.size, 1, 1]), tf.tensor1d(frequencies));
    const [half, turn] = [tf.cos(angles), tf.sin(angles)];
    return { cosine: tf.concat([half, half], -1), sine: tf.concat([tf.neg(turn), turn], -1) };
  });
}

/** The same in JS: WebGPU promises two digits of a sine, and far from 0 none. */
function rotationInJs(positions: tf.Tensor, frequencies: Float32Array): Rotation {
  const half = frequencies.length;
  const [cosine, sine] = [new Float32Array(positions.size * 2 * half), new Float32Array(positions.size * 2 * half)];
  positions.dataSync<"int32">().forEach((position, row) => {
    frequencies.forEach((frequency, pair) => {
      const angle = Math.fround(position * frequency);
      const place = row * 2 * half + pair;
      cosine[place] = cosine[place + half] = Math.cos(angle);
      sine[place + half] = Math.sin(angle);
      sine[place] = -sine[place + half]!;
    });
  });
  const shape = [positions.size, 1, 2 * half];
  return { cosine: tf.tensor(cosine, shape), sine: tf.tensor(sine, shape) };
}

/**
 * Rotary position embeddings (Su et al. 2021, https://arxiv.org/abs/2104.09864), halves as in Hugging Face's models: x = [a, b] becomes
 * [a·cos − b·sin, b·cos + a·sin].
 *
 * A row of `x` `[N, n·d]` holds a token's n heads, d numbers each, d even; the first `heads` of them are turned, the others stay. The
 * gradient turns dy back by the same angles. Saved for the backward pass: the rotation.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const turns = rotation(tf.tensor1d([1], "int32"), Float32Array.of(Math.PI / 2));
 * const turned = rotaryEmbedding(tf.tensor2d([[3, 4, 5, 6]]), turns, 1); // [[-4, 3, 5, 6]]
 */
export function rotaryEmbedding(x: tf.Tensor, turns: Rotation, heads: number): tf.Tensor {
  const [rows, width] = x.shape as [number, number];
  const { cosine } = turns;
  const size = cosine.shape.at(-1)!;
  if (x.rank !== 2 || !tf.util.arraysEqual(cosine.shape, [rows, 1, size]) || width % size !== 0 || !(heads >= 1 && heads * size <= width))
    throw new KernelError(
      "shape-mismatch",
      `rotaryEmbedding was given x [${x.shape}], a rotation [${cosine.shape}] and ${heads} heads: pass [N, n·d], the rotation of [N] ` +
        "positions with d/2 frequencies, and 1 to n heads.",
    );
  return nativeOps()?.has("CaiRotary") ? nativeRotaryEmbedding(x, turns, heads) : portableRotaryEmbedding(x, turns, heads);
}

function nativeRotaryEmbedding(x: tf.Tensor, { cosine, sine }: Rotation, heads: number): tf.Tensor {
  const turned = (rows: tf.Tensor, angles: readonly tf.Tensor[], back: boolean) =>
    nativeOps()!.run("CaiRotary", { heads: { int: heads }, back: { bool: back } }, [rows, ...angles]);
  return differentiable({
    inputs: { x },
    forward: (save) => {
      save?.([cosine, sine]);
      return turned(x, [cosine, sine], false);
    },
    gradients: (dy, angles) => ({ x: () => turned(dy, angles, true) }),
  });
}

/** As `rotaryEmbedding`, in tfjs's operations. */
export function portableRotaryEmbedding(x: tf.Tensor, { cosine, sine }: Rotation, heads: number): tf.Tensor {
  const [rows, width] = x.shape as [number, number];
  const size = cosine.shape.at(-1)!;
  return differentiable({
    inputs: { x },
    forward: (save) => {
      save?.([cosine, sine]);
      return turnHeads(x, heads, (part) => tf.add(tf.mul(part, cosine), tf.mul(halvesSwapped(part), sine)));
    },
    gradients: (dy, [savedCosine, savedSine]) => ({
      x: () => turnHeads(dy, heads, (part) => tf.sub(tf.mul(part, savedCosine!), tf.mul(halvesSwapped(part), savedSine!))),
    }),
  });

  /** `turn` maps the first heads as `[N, heads, d]`. */
  function turnHeads(all: tf.Tensor, count: number, turn: (part: tf.Tensor) => tf.Tensor): tf.Tensor {
    if (count * size === width) return tf.reshape(turn(tf.reshape(all, [rows, count, size])), [rows, width]);
    const [turned, rest] = tf.split(all, [count * size, width - count * size], 1);
    const result = tf.reshape(turn(tf.reshape(turned!, [rows, count, size])), [rows, count * size]);
    return tf.concat([result, rest!], 1);
  }
}

/** `[…, a, b]` to `[…, b, a]`: one reversed axis is fewer passes than two slices and a concatenation. */
function halvesSwapped(x: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.reverse(tf.reshape(x, [-1, 2, x.shape.at(-1)! / 2]), 1), x.shape);
}
