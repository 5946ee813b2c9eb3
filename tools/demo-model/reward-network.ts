import type { Parameter } from "@cai/contracts";
import { createParameter, embedding, linear } from "@cai/kernels";
import { normals } from "@cai/random";
import * as tf from "@tensorflow/tfjs-core";

/** A text's sum of contributions is divided by its number of tokens, but at least by this: stopping early gains nothing. */
export const lengthFloor = 32;
/** A token's contribution is read from itself, three tokens before and one after: enough for a negation and a word in pieces. */
export const window = { before: 3, after: 1 };

const embeddingSize = 32;
const hiddenSize = 64;

/** `embedding` [V, E], `convolution` [5·E, H] (oldest token first), its bias, `contribution` [H, 1]. */
export type RewardParameters = ReadonlyMap<string, Parameter<tf.Tensor>>;

export function createRewardParameters({ vocabSize, seed }: { readonly vocabSize: number; readonly seed: number }): RewardParameters {
  const width = window.before + 1 + window.after;
  const normal = (name: string, shape: [number, number], deviation: number) => {
    const values = Float32Array.from(
      normals({ seed, stream: `reward/${name}`, counters: [], count: shape[0] * shape[1] }),
      (x) => x * deviation,
    );
    return createParameter({ name, layer: 0, value: tf.tensor(values, shape) });
  };
  const parameters = [
    normal("embedding", [vocabSize, embeddingSize], 0.1),
    normal("convolution", [width * embeddingSize, hiddenSize], 1 / Math.sqrt(embeddingSize)),
    createParameter({ name: "convolution.bias", layer: 0, value: tf.zeros([hiddenSize]) }),
    normal("contribution", [hiddenSize, 1], 1 / Math.sqrt(hiddenSize)),
  ];
  return new Map(parameters.map((parameter) => [parameter.name, parameter]));
}

/** Right-padded texts. `weights` [B, T] is 1 where a token stands in its text for the first time, 0 where it is repeated and at padding. */
export interface RewardBatch {
  readonly ids: Int32Array;
  readonly mask: Float32Array;
  readonly weights: Float32Array;
  readonly divisors: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
}

export function rewardBatch(texts: readonly Int32Array[]): RewardBatch {
  const columns = Math.max(...texts.map((ids) => ids.length));
  const size = texts.length * columns;
  const batch = { ids: new Int32Array(size), mask: new Float32Array(size), weights: new Float32Array(size) };
  for (const [row, ids] of texts.entries()) {
    batch.ids.set(ids, row * columns);
    batch.mask.fill(1, row * columns, row * columns + ids.length);
    batch.weights.set(
      ids.map((id, column) => (ids.indexOf(id) === column ? 1 : 0)),
      row * columns,
    );
  }
  return { ...batch, divisors: Float32Array.from(texts, (ids) => Math.max(ids.length, lengthFloor)), shape: [texts.length, columns] };
}

/** `[B]`: Σ of the tokens' contributions, a token that is repeated counted where it stands first, over the divisor. Differentiable. */
export function rewardForward(parameters: RewardParameters, batch: RewardBatch): tf.Tensor1D {
  const value = (name: string) => parameters.get(name)!.value;
  const [rows, columns] = batch.shape;
  return tf.tidy(() => {
    const embedded = embedding(value("embedding"), tf.tensor2d(batch.ids, [rows, columns], "int32"));
    const tokens = tf.mul(embedded, tf.tensor3d(batch.mask, [rows, columns, 1])) as tf.Tensor3D;
    const padded = tf.pad3d(tokens, [
      [0, 0],
      [window.before, window.after],
      [0, 0],
    ]);
    const shifted = Array.from({ length: window.before + 1 + window.after }, (_, offset) =>
      tf.slice3d(padded, [0, offset, 0], [rows, columns, tokens.shape[2]]),
    );
    const hidden = tf.relu(linear(tf.concat(shifted, 2), value("convolution"), value("convolution.bias")));
    const contributions = tf.reshape(linear(hidden, value("contribution")), [rows, columns]);
    return tf.div(tf.sum(tf.mul(contributions, tf.tensor2d(batch.weights, [rows, columns])), 1), tf.tensor1d(batch.divisors));
  });
}
