import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { checkIds } from "./ids.ts";

/**
 * Log-probabilities of chosen tokens: log softmax(logits / temperature)[ids].
 *
 * `logits` is `[N, V]`, `ids` int32 `[N]`; the result is `[N]`, in nats.
 * With p the softmax and z = logits / temperature: dz = dy·(onehot(id) − p).
 *
 * @throws KernelError `shape-mismatch`, `bad-dtype`, `id-out-of-range`, `bad-option`.
 * @example
 * const logprobs = tokenLogprobs(tf.zeros([1, 4]), tf.tensor1d([2], "int32"), 1); // [-ln 4]
 */
export function tokenLogprobs(logits: tf.Tensor, ids: tf.Tensor, temperature: number): tf.Tensor {
  checkLogits("tokenLogprobs", logits, temperature);
  const [rows, vocabulary] = logits.shape as [number, number];
  if (ids.rank !== 1 || ids.size !== rows)
    throw new KernelError(
      "shape-mismatch",
      `tokenLogprobs was given logits [${logits.shape}] and ids [${ids.shape}]: pass [N, V] and [N].`,
    );
  checkIds("tokenLogprobs", ids, vocabulary);
  return differentiable({
    inputs: { logits },
    forward: (save) => {
      const logprobs = logSoftmax(logits, temperature);
      save([logprobs, ids]);
      const flat = tf.add(tf.mul(tf.range(0, rows, 1, "int32"), vocabulary), ids);
      return tf.gather(tf.reshape(logprobs, [-1]), tf.cast(flat, "int32") as tf.Tensor1D);
    },
    gradients: (dy, [logprobs, savedIds]) => ({
      logits: () => {
        const towards = tf.sub(tf.oneHot(savedIds as tf.Tensor1D, vocabulary), tf.exp(logprobs!));
        return tf.mul(towards, tf.reshape(tf.div(dy, temperature), [-1, 1]));
      },
    }),
  });
}

/**
 * Entropy of each row's distribution softmax(logits / temperature), in nats: H = −Σ p·log p.
 *
 * `logits` is `[N, V]`; the result is `[N]`. With z = logits / temperature: dz = −dy·p·(log p + H).
 *
 * @throws KernelError `shape-mismatch`, `bad-option`.
 * @example
 * const entropy = tokenEntropy(tf.zeros([1, 4]), 1); // [ln 4]
 */
export function tokenEntropy(logits: tf.Tensor, temperature: number): tf.Tensor {
  checkLogits("tokenEntropy", logits, temperature);
  return differentiable({
    inputs: { logits },
    forward: (save) => {
      const logprobs = logSoftmax(logits, temperature);
      const entropy = tf.neg(tf.sum(tf.mul(tf.exp(logprobs), logprobs), -1));
      save([logprobs, entropy]);
      return entropy;
    },
    gradients: (dy, [logprobs, entropy]) => ({
      logits: () => {
        const slope = tf.mul(tf.exp(logprobs!), tf.add(logprobs!, tf.expandDims(entropy!, 1)));
        return tf.mul(slope, tf.reshape(tf.div(dy, -temperature), [-1, 1]));
      },
    }),
  });
}

function logSoftmax(logits: tf.Tensor, temperature: number): tf.Tensor {
  return tf.logSoftmax(temperature === 1 ? logits : tf.div(logits, temperature));
}

function checkLogits(operation: string, logits: tf.Tensor, temperature: number): void {
  if (logits.rank !== 2) throw new KernelError("shape-mismatch", `${operation} was given logits [${logits.shape}]: pass [N, V].`);
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new KernelError("bad-option", `${operation} was given temperature ${temperature}: pass a finite number above 0.`);
}
