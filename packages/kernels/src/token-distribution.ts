import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { readIds } from "./ids.ts";
import { nativeOps } from "./native-ops.ts";

// With z = logits / temperature and p = softmax(z): log p = z − max z + log max p, exact also where p itself is 0 in float32.
// TensorFlow's SparseSoftmaxCrossEntropyWithLogits gives the same loss and gradient at 1.5 times the time.

/**
 * Log-probabilities of chosen tokens: log softmax(logits / temperature)[ids].
 *
 * `logits` is `[N, V]`, `ids` int32 `[N]`; the result is `[N]`, in nats. dlogits = dy·(onehot(id) − p) / temperature. Saved for the
 * backward pass: p − onehot(id).
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
  const places = readIds("tokenLogprobs", ids, vocabulary).reduce(
    (pairs, id, row) => {
      pairs.set([row, id], 2 * row);
      return pairs;
    },
    new Int32Array(2 * rows),
  );
  return differentiable({
    inputs: { logits },
    forward: (save) => {
      const { z, p, zMax, logPMax } = distribution(logits, temperature);
      const chosen = tf.tensor2d(places, [rows, 2], "int32");
      save?.([withoutChosen(p, ids, chosen)]);
      return tf.add(tf.sub(tf.gatherND(z, chosen), tf.reshape(zMax, [rows])), tf.reshape(logPMax, [rows]));
    },
    gradients: (dy, [difference]) => ({
      logits: () => tf.mul(difference!, tf.reshape(tf.div(dy, -temperature), [rows, 1])),
    }),
  });
}

/**
 * Entropy of each row's distribution softmax(logits / temperature), in nats: H = −Σ p·log p.
 *
 * `logits` is `[N, V]`; the result is `[N]`. dlogits = −dy·p·(log p + H) / temperature. Saved for the backward pass: logits and H; p is
 * computed again.
 *
 * @throws KernelError `shape-mismatch`, `bad-option`.
 * @example
 * const entropy = tokenEntropy(tf.zeros([1, 4]), 1); // [ln 4]
 */
export function tokenEntropy(logits: tf.Tensor, temperature: number): tf.Tensor {
  checkLogits("tokenEntropy", logits, temperature);
  const column = [logits.shape[0]!, 1];
  return differentiable({
    inputs: { logits },
    forward: (save) => {
      const { z, p, zMax, logPMax } = distribution(logits, temperature);
      const entropy = tf.neg(tf.add(tf.sum(tf.mul(p, tf.sub(z, zMax)), -1), tf.reshape(logPMax, [-1])));
      save?.([logits, entropy]);
      return entropy;
    },
    gradients: (dy, [savedLogits, entropy]) => ({
      logits: () => {
        const { z, p, zMax, logPMax } = distribution(savedLogits!, temperature);
        const surprise = tf.sub(z, tf.sub(tf.sub(zMax, logPMax), tf.reshape(entropy!, column)));
        return tf.mul(tf.mul(p, surprise), tf.reshape(tf.div(dy, -temperature), column));
      },
    }),
  });
}

/** z and p `[N, V]`, with max z and log max p of each row `[N, 1]`. */
function distribution(logits: tf.Tensor, temperature: number) {
  const z = temperature === 1 ? logits : tf.div(logits, temperature);
  const p = tf.softmax(z);
  return { z, p, zMax: tf.max(z, -1, true), logPMax: tf.log(tf.max(p, -1, true)) };
}

/** p − onehot(id). */
function withoutChosen(p: tf.Tensor, ids: tf.Tensor, chosen: tf.Tensor): tf.Tensor {
  const attributes = { T: { type: "float32" }, Tindices: { type: "int32" } } as const;
  return (
    nativeOps()?.run("TensorScatterSub", attributes, [p, chosen, tf.ones([ids.size])]) ??
    tf.sub(p, tf.oneHot(ids as tf.Tensor1D, p.shape[1]!))
  );
}

function checkLogits(operation: string, logits: tf.Tensor, temperature: number): void {
  if (logits.rank !== 2) throw new KernelError("shape-mismatch", `${operation} was given logits [${logits.shape}]: pass [N, V].`);
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new KernelError("bad-option", `${operation} was given temperature ${temperature}: pass a finite number above 0.`);
}
