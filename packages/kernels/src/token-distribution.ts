import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { readIds } from "./ids.ts";
import { nativeOps } from "./native-ops.ts";
import { webGpuOps } from "./webgpu-ops.ts";
import { webGpuDistribution, webGpuGradient } from "./webgpu-token-distribution.ts";

/** What `tokenDistribution` reads from a matrix of logits. */
export interface TokenDistribution {
  /** `[N]`: log p of each row's id, in nats. */
  readonly logprobs: tf.Tensor;
  /** `[N]`: H = −Σ p·log p of each row, in nats. */
  readonly entropies: tf.Tensor;
  /** `[N, 2]`: the largest logit m of each row and s = ln Σ e^d, from which the gradient finds p again. */
  readonly normalizers: tf.Tensor;
}

interface Chosen {
  /** `[N, V]` */
  readonly logits: tf.Tensor;
  /** int32 `[N]` */
  readonly ids: tf.Tensor;
  readonly temperature: number;
}

interface Upstream {
  readonly distribution: Pick<TokenDistribution, "entropies" | "normalizers">;
  /** `[N]` */
  readonly dLogprobs: tf.Tensor;
  /** `[N]` */
  readonly dEntropies?: tf.Tensor | undefined;
}

/**
 * Log-probability of a chosen token and entropy of p = softmax(logits / temperature), row by row, in one go over the logits.
 *
 * With m the row's largest logit, d = (logit − m) / temperature and s = ln Σ e^d: log p = d − s, which is finite and exact also where p
 * itself is 0 in float32, and H = s − Σ d·e^d / Σ e^d. Nothing is recorded for gradients: {@link tokenDistributionGradient} is the
 * other half. The caller disposes.
 *
 * @throws KernelError `shape-mismatch`, `bad-dtype`, `id-out-of-range`, `bad-option`.
 * @example
 * const { logprobs, entropies } = tokenDistribution({ logits: tf.zeros([1, 4]), ids: tf.tensor1d([2], "int32"), temperature: 1 });
 */
export function tokenDistribution({ logits, ids, temperature }: Chosen): TokenDistribution {
  checkLogits("tokenDistribution", logits, temperature);
  checkIds("tokenDistribution", logits, ids);
  const native = nativeOps();
  const webGpu = webGpuOps();
  if (webGpu !== undefined) return webGpuDistribution(webGpu, { logits, ids, temperature });
  if (!native?.has("CaiTokenLogprobs")) return portableDistribution({ logits, ids, temperature });
  return tf.tidy(() => {
    const [logprobs, entropies, normalizers] = native.runMany("CaiTokenLogprobs", {}, [logits, ids, tf.scalar(temperature)], 3);
    return { logprobs: logprobs!, entropies: entropies!, normalizers: normalizers! };
  });
}

/**
 * The gradient of {@link tokenDistribution} with regard to the logits, `[N, V]`:
 * dlogits = (dlogprob·(onehot(id) − p) − dentropy·p·(log p + H)) / temperature, p computed again from the logits.
 *
 * With `overwrite` the logits are disposed of, and the result takes their memory where nobody else holds it (native kernels and WebGPU only). The
 * caller disposes of the result.
 *
 * @throws KernelError `shape-mismatch`, `bad-dtype`, `id-out-of-range`, `bad-option`.
 * @example
 * const chosen = { logits: tf.zeros([1, 4]), ids: tf.tensor1d([2], "int32"), temperature: 1 };
 * const distribution = tokenDistribution(chosen);
 * const dLogits = tokenDistributionGradient({ ...chosen, distribution, dLogprobs: tf.ones([1]), overwrite: true }); // [[-0.25, -0.25, 0.75, -0.25]]
 */
export function tokenDistributionGradient({ overwrite = false, ...input }: Chosen & Upstream & { overwrite?: boolean }): tf.Tensor {
  const { logits, ids, temperature, distribution, dLogprobs, dEntropies } = input;
  checkLogits("tokenDistributionGradient", logits, temperature);
  checkIds("tokenDistributionGradient", logits, ids);
  const native = nativeOps();
  const webGpu = webGpuOps();
  if (webGpu !== undefined) return webGpuGradient(webGpu, { ...input, overwrite });
  if (!native?.has("CaiTokenLogprobs")) {
    const gradient = portableGradient(input);
    if (overwrite) logits.dispose();
    return gradient;
  }
  return tf.tidy(() => {
    const { normalizers, entropies } = distribution;
    const others = [ids, tf.scalar(temperature), normalizers, entropies, dLogprobs, dEntropies ?? tf.zeros([ids.size])];
    if (!overwrite) return native.run("CaiTokenLogprobsGradient", {}, [logits, ...others]);
    const ticket = native.run("CaiDonate", {}, [logits]);
    logits.dispose();
    return native.run("CaiTokenLogprobsGradientInPlace", {}, [ticket, ...others]);
  });
}

/**
 * Log-probabilities of chosen tokens: log softmax(logits / temperature)[ids].
 *
 * `logits` is `[N, V]`, `ids` int32 `[N]`; the result is `[N]`, in nats. The formulas are {@link tokenDistribution}'s. Saved for the
 * backward pass: the logits.
 *
 * @throws KernelError `shape-mismatch`, `bad-dtype`, `id-out-of-range`, `bad-option`.
 * @example
 * const logprobs = tokenLogprobs(tf.zeros([1, 4]), tf.tensor1d([2], "int32"), 1); // [-ln 4]
 */
export function tokenLogprobs(logits: tf.Tensor, ids: tf.Tensor, temperature: number): tf.Tensor {
  return differentiable({
    inputs: { logits },
    forward: (save) => {
      const { logprobs, entropies, normalizers } = tokenDistribution({ logits, ids, temperature });
      save?.([logits, ids, entropies, normalizers]);
      return logprobs;
    },
    gradients: (dLogprobs, saved) => ({ logits: () => tokenDistributionGradient({ ...recall(saved), temperature, dLogprobs }) }),
  });
}

/**
 * Entropy of each row's distribution softmax(logits / temperature), in nats: H = −Σ p·log p.
 *
 * `logits` is `[N, V]`; the result is `[N]`. The formulas are {@link tokenDistribution}'s. Saved for the backward pass: the logits.
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
      const ids = tf.zeros([logits.shape[0]!], "int32"); // any will do
      const { entropies, normalizers } = tokenDistribution({ logits, ids, temperature });
      save?.([logits, ids, entropies, normalizers]);
      return entropies;
    },
    gradients: (dEntropies, saved) => ({
      logits: () => tokenDistributionGradient({ ...recall(saved), temperature, dLogprobs: tf.zerosLike(dEntropies), dEntropies }),
    }),
  });
}

function recall([logits, ids, entropies, normalizers]: readonly tf.Tensor[]) {
  return { logits: logits!, ids: ids!, distribution: { entropies: entropies!, normalizers: normalizers! } };
}

/** As `tokenDistribution`, in tfjs's operations. */
export function portableDistribution({ logits, ids, temperature }: Chosen): TokenDistribution {
  return tf.tidy(() => {
    const rows = logits.shape[0]!;
    const largest = tf.max(logits, -1, true);
    const d = tf.div(tf.sub(logits, largest), temperature);
    const exponentials = tf.exp(d);
    const sum = tf.sum(exponentials, -1);
    const s = tf.log(sum);
    return {
      logprobs: tf.sub(tf.gatherND(d, placesOf(ids)), s),
      entropies: tf.sub(s, tf.div(tf.sum(tf.mul(d, exponentials), -1), sum)),
      normalizers: tf.stack([tf.reshape(largest, [rows]), s], 1),
    };
  });
}

/** As `tokenDistributionGradient`, in tfjs's operations; the logits stay. */
export function portableGradient({ logits, ids, temperature, distribution, dLogprobs, dEntropies }: Chosen & Upstream): tf.Tensor {
  return tf.tidy(() => {
    const rows = logits.shape[0]!;
    const column = (vector: tf.Tensor) => tf.reshape(vector, [rows, 1]);
    const [largest, s] = tf.split(distribution.normalizers, 2, 1);
    const logprobs = tf.sub(tf.div(tf.sub(logits, largest!), temperature), s!);
    const factor =
      dEntropies === undefined
        ? column(dLogprobs)
        : tf.add(column(dLogprobs), tf.mul(column(dEntropies), tf.add(logprobs, column(distribution.entropies))));
    const ofOthers = tf.mul(tf.exp(logprobs), tf.div(factor, -temperature));
    const ofChosen = tf.div(dLogprobs, temperature);
    const attributes = { T: { type: "float32" }, Tindices: { type: "int32" } } as const;
    return (
      nativeOps()?.run("TensorScatterAdd", attributes, [ofOthers, placesOf(ids), ofChosen]) ??
      tf.add(ofOthers, tf.mul(tf.oneHot(ids as tf.Tensor1D, logits.shape[1]!), column(ofChosen)))
    );
  });
}

function checkLogits(operation: string, logits: tf.Tensor, temperature: number): void {
  if (logits.rank !== 2) throw new KernelError("shape-mismatch", `${operation} was given logits [${logits.shape}]: pass [N, V].`);
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new KernelError("bad-option", `${operation} was given temperature ${temperature}: pass a finite number above 0.`);
}

function checkIds(operation: string, logits: tf.Tensor, ids: tf.Tensor): void {
  const [rows, vocabulary] = logits.shape as [number, number];
  if (ids.rank !== 1 || ids.size !== rows)
    throw new KernelError("shape-mismatch", `${operation} was given logits [${logits.shape}] and ids [${ids.shape}]: pass [N, V] and [N].`);
  readIds(operation, ids, vocabulary);
}

/** The places [row, id] of the chosen logits, int32 `[N, 2]`. */
function placesOf(ids: tf.Tensor): tf.Tensor {
  return tf.stack([tf.range(0, ids.size, 1, "int32"), ids], 1);
}
