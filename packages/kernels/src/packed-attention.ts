import * as tf from "@tensorflow/tfjs-core";
import {
  type AttentionHeads,
  attendedValues,
  attentionWeights,
  keyGradients,
  mergeHeads,
  queryGradients,
  scoreGradients,
  splitHeads,
  valueGradients,
} from "./attention.ts";
import { attentionBias } from "./attention-bias.ts";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { nativePackedAttention } from "./native-attention.ts";
import { nativeOps } from "./native-ops.ts";
import { gathered } from "./packed-rows.ts";

/** Sequences that stand one after another, without padding, and how their tokens' rows are divided. */
export interface PackedSequences {
  /** Tokens of each sequence, at least 1; they add up to N. */
  readonly lengths: Int32Array;
  /** h: heads of queries. */
  readonly heads: number;
  /** g: heads of keys, and of values; h is a multiple of it. */
  readonly keyValueHeads: number;
}

/**
 * Causal attention within each of several sequences that stand one after another: every token sees itself and those before it in its own.
 *
 * A row of `queryKeyValue` `[N, (h + 2g)·d]` holds a token's h query heads, g key heads and g value heads, d numbers each; the result is
 * `[N, h·d]`. Maths as `causalAttention`.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = packedAttention({ queryKeyValue: tf.ones([3, 6]), lengths: Int32Array.of(2, 1), heads: 1, keyValueHeads: 1 }); // [3, 2], all 1
 */
export function packedAttention({ queryKeyValue, ...sequences }: PackedSequences & { readonly queryKeyValue: tf.Tensor }): tf.Tensor {
  checkPacked(queryKeyValue, sequences);
  const attend = nativeOps()?.has("CaiPackedAttention") ? nativePackedAttention : portablePackedAttention;
  return attend(queryKeyValue, sequences);
}

/** As `packedAttention`, in tfjs's operations. Saved for the backward pass: the rows and P. */
export function portablePackedAttention(queryKeyValue: tf.Tensor, sequences: PackedSequences): tf.Tensor {
  const places = paddedPlaces(sequences.lengths);
  return differentiable({
    inputs: { queryKeyValue },
    forward: (save) => {
      const { query, key, value } = unpacked(queryKeyValue, places, sequences);
      const weights = attentionWeights({ query, key }, causalBias(places.columns));
      save?.([queryKeyValue, weights]);
      return packed(attendedValues(weights, value, sequences.heads), places);
    },
    gradients: (dy, [rows, weights]) => ({
      queryKeyValue: () => {
        const heads = unpacked(rows!, places, sequences);
        const attended = splitHeads(padded(dy, places), sequences.heads);
        const scores = scoreGradients(attended, heads, weights!);
        const parts = [queryGradients(scores, heads), keyGradients(scores, heads), valueGradients(attended, heads, weights!)];
        return packed(tf.concat(parts, 1), places);
      },
    }),
  });
}

/** Where rows without padding stand in `[B, T]`, padded on the right, T that of the longest sequence. */
interface PaddedPlaces {
  readonly rows: number;
  readonly columns: number;
  /** `[B · T]`: the packed row, −1 at padding. */
  readonly fromPacked: Int32Array;
  /** `[N]`: the padded row. */
  readonly fromPadded: Int32Array;
}

function paddedPlaces(lengths: Int32Array): PaddedPlaces {
  const columns = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const fromPacked = new Int32Array(lengths.length * columns).fill(-1);
  const fromPadded: number[] = [];
  lengths.forEach((length, row) => {
    for (let column = 0; column < length; column++) {
      fromPacked[row * columns + column] = fromPadded.length;
      fromPadded.push(row * columns + column);
    }
  });
  return { rows: lengths.length, columns, fromPacked, fromPadded: Int32Array.from(fromPadded) };
}

/** `[N, W]` to `[B, T, W]`. */
function padded(x: tf.Tensor, { rows, columns, fromPacked }: PaddedPlaces): tf.Tensor {
  return tf.reshape(gathered(x, fromPacked), [rows, columns, x.shape[1]!]);
}

/** `[N, (h + 2g)·d]` to heads `[B, h, T, d]` and `[B, g, T, d]`. */
function unpacked(x: tf.Tensor, places: PaddedPlaces, { heads, keyValueHeads }: PackedSequences): AttentionHeads {
  const all = splitHeads(padded(x, places), heads + 2 * keyValueHeads);
  const [query, key, value] = tf.split(all, [heads, keyValueHeads, keyValueHeads], 1);
  return { query: query!, key: key!, value: value! };
}

/** Heads `[B, n, T, d]` to `[N, n·d]`. */
function packed(heads: tf.Tensor, { rows, columns, fromPadded }: PaddedPlaces): tf.Tensor {
  return gathered(tf.reshape(mergeHeads(heads), [rows * columns, -1]), fromPadded);
}

/** Padding is behind each sequence, where its tokens look at nothing anyway. */
function causalBias(columns: number): tf.Tensor {
  return attentionBias({ mask: new Uint8Array(columns).fill(1), shape: [1, columns] });
}

function checkPacked(queryKeyValue: tf.Tensor, { lengths, heads, keyValueHeads }: PackedSequences): void {
  const [rows, width] = queryKeyValue.shape as [number, number];
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  if (
    queryKeyValue.rank !== 2 ||
    heads % keyValueHeads !== 0 ||
    width % (heads + 2 * keyValueHeads) !== 0 ||
    tokens !== rows ||
    lengths.some((length) => length < 1)
  )
    throw new KernelError(
      "shape-mismatch",
      `packedAttention was given rows [${queryKeyValue.shape}], ${lengths.length} sequences of ${tokens} tokens, ${heads} heads and ` +
        `${keyValueHeads} of keys: pass [N, (h + 2g)·d], h divisible by g, and lengths above 0 that add up to N.`,
    );
}
