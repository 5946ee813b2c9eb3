import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";

/** What attention is computed from: `query` is `[B, h, Tq, d]`, `key` and `value` `[B, g, Tk, d]`, h divisible by g. */
export interface AttentionHeads {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762); what may be seen is said by `bias`.
 *
 * `query` is `[B, h, Tq, d]`, `key` and `value` `[B, g, Tk, d]`, `bias` `[B, 1, Tq, Tk]` (see {@link attentionBias}; no gradient flows into it); the
 * result is `[B, h, Tq, d]`. P = softmax(q·kᵀ/√d + bias), y = P·v.
 * Where g is less than h, query heads share keys and values: head i those of head ⌊i·g/h⌋ (Ainslie et al. 2023,
 * https://arxiv.org/abs/2305.13245). They are not repeated: the queries of a group are read as one head of (h/g)·Tq rows.
 * dv = Pᵀ·dy; with dP = dy·vᵀ and dS = P(dP − Σ dP·P): dq = dS·k/√d, dk = dSᵀ·q/√d. Saved for the backward pass: q, k, v and P.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const bias = attentionBias({ mask: new Uint8Array([1, 1]), shape: [1, 2] });
 * const x = tf.ones([1, 1, 2, 4]);
 * const y = causalAttention({ query: x, key: x, value: x, bias }); // [1, 1, 2, 4], all 1
 */
export function causalAttention({ query, key, value, bias }: AttentionHeads & { readonly bias?: tf.Tensor }): tf.Tensor {
  const [batch, heads, , size] = query.shape as [number, number, number, number];
  const [, groups, keys] = key.shape as [number, number, number];
  if (
    query.rank !== 4 ||
    !tf.util.arraysEqual(key.shape, value.shape) ||
    !tf.util.arraysEqual([batch, groups, keys, size], key.shape) ||
    heads % groups !== 0
  )
    throw new KernelError(
      "shape-mismatch",
      `causalAttention was given query [${query.shape}], key [${key.shape}], value [${value.shape}]: ` +
        "pass [B, h, Tq, d] and twice [B, g, Tk, d], h divisible by g.",
    );
  return differentiable({
    inputs: { query, key, value },
    forward: (save) => {
      const weights = attentionWeights({ query, key }, bias);
      save?.([query, key, value, weights]);
      return attendedValues(weights, value, heads);
    },
    gradients: (dy, [q, k, v, weights]) => {
      const saved = { query: q!, key: k!, value: v! };
      // For both query and key; key's function, the later one, frees it.
      const scores = tf.tidy(() => scoreGradients(dy, saved, weights!));
      return {
        query: () => queryGradients(scores, saved),
        key: () => {
          const gradient = keyGradients(scores, saved);
          scores.dispose();
          return gradient;
        },
        value: () => valueGradients(dy, saved, weights!),
      };
    },
  });
}

/** P = softmax(q·kᵀ/√d + bias), `[B, g, (h/g)·Tq, Tk]`. */
export function attentionWeights({ query, key }: Omit<AttentionHeads, "value">, bias: tf.Tensor | undefined): tf.Tensor {
  const [heads, groups] = [query.shape[1]!, key.shape[1]!];
  const scores = headProduct(withHeads(tf.mul(query, scaleOf(query)), groups), key, true);
  return tf.softmax(bias === undefined ? scores : withHeads(tf.add(withHeads(scores, heads), bias), groups));
}

/** y = P·v, `[B, h, Tq, d]`. */
export function attendedValues(weights: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  return withHeads(headProduct(weights, value), heads);
}

/** dS/√d = P(dP − Σ dP·P)/√d with dP = dy·vᵀ, shaped as P. */
export function scoreGradients(dy: tf.Tensor, { value }: AttentionHeads, weights: tf.Tensor): tf.Tensor {
  const g = tf.mul(tf.matMul(withHeads(tf.mul(dy, scaleOf(dy)), value.shape[1]!), value, false, true), weights);
  return tf.sub(g, tf.mul(weights, tf.sum(g, -1, true)));
}

/** dq of {@link scoreGradients}. */
export function queryGradients(scores: tf.Tensor, { query, key }: AttentionHeads): tf.Tensor {
  return withHeads(tf.matMul(scores, key), query.shape[1]!);
}

/** dk of {@link scoreGradients}. */
export function keyGradients(scores: tf.Tensor, { query, key }: AttentionHeads): tf.Tensor {
  return tf.matMul(scores, withHeads(query, key.shape[1]!), true, false);
}

/** dv = Pᵀ·dy. */
export function valueGradients(dy: tf.Tensor, { value }: AttentionHeads, weights: tf.Tensor): tf.Tensor {
  return tf.matMul(weights, withHeads(dy, value.shape[1]!), true, false);
}

const scaleOf = (heads: tf.Tensor): number => 1 / Math.sqrt(heads.shape[3]!);

/** `[B, h, T, n]` read as `[B, heads, T · h / heads, n]`, sharing its numbers: the rows of neighbouring heads follow one another. */
function withHeads(x: tf.Tensor, heads: number): tf.Tensor {
  return x.shape[1] === heads ? x : tf.reshape(x, [x.shape[0]!, heads, -1, x.shape[3]!]);
}

/** One product a head. A single query, as in decoding, is too little for the version that tfjs calls: V3 takes half its time there. */
function headProduct(a: tf.Tensor, b: tf.Tensor, transposeB = false): tf.Tensor {
  const native = nativeOps();
  if (native === undefined || a.shape[2] !== 1) return tf.matMul(a, b, false, transposeB);
  const float = { type: "float32" } as const;
  return native.run("BatchMatMulV3", { Ta: float, Tb: float, Tout: float, adj_x: { bool: false }, adj_y: { bool: transposeB } }, [a, b]);
}

/** `[B, T, H]` to `[B, heads, T, H / heads]`. Differentiable. */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, time, hidden] = x.shape as [number, number, number];
  if (x.rank !== 3 || hidden % heads !== 0)
    throw new KernelError("shape-mismatch", `splitHeads was given [${x.shape}] and ${heads} heads: pass [B, T, H], H divisible by heads.`);
  return tf.transpose(tf.reshape(x, [batch, time, heads, hidden / heads]), [0, 2, 1, 3]);
}

/** `[B, heads, T, d]` to `[B, T, heads · d]`: the inverse of {@link splitHeads}. Differentiable. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, time, size] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, time, heads * size]);
}
