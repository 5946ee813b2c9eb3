import * as tf from "@tensorflow/tfjs-core";
import { entropyBonus as entropyBonusOf } from "./entropy-bonus.ts";
import { PpoLossError } from "./error.ts";
import { klPenalty as klPenaltyOf } from "./kl-penalty.ts";
import type { Loss } from "./pointwise.ts";
import { policyLoss as policyLossOf } from "./policy-loss.ts";
import { valueLoss as valueLossOf } from "./value-loss.ts";

/** The options of a loss, with what is trained as a tensor `[B, T]` of the same shape. */
type OnTensor<Options, Name extends keyof Options> = Omit<Options, Name> & { readonly [Tensor in Name]: tf.Tensor };

/**
 * As the function of the same name that takes arrays, for loops that differentiate with `tf.grad`: differentiable in `newLogprobs`; the caller
 * disposes of the scalar. The numbers are read synchronously.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 */
export function policyLoss(options: OnTensor<Parameters<typeof policyLossOf>[0], "newLogprobs">): tf.Scalar {
  return scalarLoss("newLogprobs", options, (newLogprobs) => policyLossOf({ ...options, newLogprobs }));
}

/** As the function of the same name that takes arrays; differentiable in `newValues`. See {@link policyLoss}. */
export function valueLoss(options: OnTensor<Parameters<typeof valueLossOf>[0], "newValues">): tf.Scalar {
  return scalarLoss("newValues", options, (newValues) => valueLossOf({ ...options, newValues }));
}

/** As the function of the same name that takes arrays; differentiable in `newLogprobs`. See {@link policyLoss}. */
export function klPenalty(options: OnTensor<Parameters<typeof klPenaltyOf>[0], "newLogprobs">): tf.Scalar {
  return scalarLoss("newLogprobs", options, (newLogprobs) => klPenaltyOf({ ...options, newLogprobs }));
}

/** As the function of the same name that takes arrays; differentiable in `entropy`. See {@link policyLoss}. */
export function entropyBonus(options: OnTensor<Parameters<typeof entropyBonusOf>[0], "entropy">): tf.Scalar {
  return scalarLoss("entropy", options, (entropy) => entropyBonusOf({ ...options, entropy }));
}

function scalarLoss<Name extends string>(
  name: Name,
  options: { readonly shape: readonly number[] } & { readonly [Tensor in Name]: tf.Tensor },
  lossOf: (numbers: Float32Array) => Loss,
): tf.Scalar {
  const x: tf.Tensor = options[name];
  if (!tf.util.arraysEqual(x.shape, [...options.shape]))
    throw new PpoLossError("shape-mismatch", `${name} is [${x.shape}]: shape is [${options.shape}], they must be equal.`);
  const loss = tf.customGrad((input) => {
    const { loss: value, slopes } = lossOf((input as tf.Tensor).dataSync<"float32">());
    return { value: tf.scalar(value), gradFunc: (dy: tf.Tensor) => tf.mul(tf.tensor(slopes, x.shape), dy) };
  });
  return loss(x) as tf.Scalar;
}
