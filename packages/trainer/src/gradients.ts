import type { Parameter, SequenceBatch } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import * as tf from "@tensorflow/tfjs-core";
import { countTokens } from "./experience.ts";
import type { PpoLoss } from "./ppo-step-loss.ts";

/** Gradients of one optimizer step and what its forward passes gave. */
export interface MinibatchGradients {
  /** By parameter name; the caller disposes. */
  readonly gradients: Map<string, tf.Tensor>;
  readonly total: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly entropy: number | undefined;
  /** `[B, T]` of the minibatch, unspecified at padding. */
  readonly logprobs: Float32Array;
  readonly values: Float32Array;
}

/**
 * The gradients of a minibatch, a microbatch at a time. Losses divide by the tokens of the whole minibatch, so that the microbatches'
 * gradients simply add up.
 *
 * @param microbatches the minibatch's rows in order.
 * @param loss the loss of a microbatch.
 * @param frozen other parameters of the same models, which count as frozen meanwhile: nothing is computed for their gradients, and another trainer
 * may train them all the same.
 */
export async function minibatchGradients<Batch extends Pick<SequenceBatch, "responses">>(
  microbatches: readonly Batch[],
  parameters: readonly Parameter<tf.Tensor>[],
  loss: (microbatch: Batch, denominators: Denominators) => PpoLoss,
  frozen: readonly Parameter<tf.Tensor>[] = [],
): Promise<MinibatchGradients> {
  const total = (count: (batch: Batch) => number) => microbatches.reduce((sum, batch) => sum + count(batch), 0);
  const denominators = { tokens: total(countTokens), rows: total(({ responses }) => responses.shape[0]) };
  const gradients = new Map<string, tf.Tensor>();
  const sums = { total: 0, policyLoss: 0, valueLoss: 0, entropy: undefined as number | undefined };
  const size = total(({ responses }) => responses.mask.length);
  const logprobs = new Float32Array(size);
  const values = new Float32Array(size);
  let offset = 0;
  for (const microbatch of microbatches) {
    const parts = whileFrozen(frozen, () => addGradients(gradients, parameters, () => loss(microbatch, denominators)));
    logprobs.set(await parts.logprobs.data(), offset);
    values.set(await parts.values.data(), offset);
    offset += microbatch.responses.mask.length;
    sums.total += await readScalar(parts.total);
    sums.policyLoss += await readScalar(parts.policy);
    sums.valueLoss += await readScalar(parts.value);
    if (parts.entropy !== undefined) sums.entropy = (sums.entropy ?? 0) + (await readScalar(parts.entropy));
    tf.dispose(Object.values(parts));
  }
  return { gradients, ...sums, logprobs, values };
}

/** Adds the loss's gradients to those in `gradients`; what the loss returned stays alive for the caller. */
function addGradients(gradients: Map<string, tf.Tensor>, parameters: readonly Parameter<tf.Tensor>[], loss: () => PpoLoss): PpoLoss {
  let parts: PpoLoss | undefined;
  const { value, grads } = tf.valueAndGrads(() => {
    parts = loss();
    for (const part of Object.values(parts)) if (part !== parts.total) tf.keep(part);
    return parts.total;
  })(parameters.map((parameter) => parameter.value));
  parameters.forEach(({ name }, i) => {
    const sum = gradients.get(name);
    gradients.set(name, sum === undefined ? grads[i]! : tf.add(sum, grads[i]!));
    if (sum !== undefined) tf.dispose([sum, grads[i]!]);
  });
  return { ...parts!, total: value as tf.Scalar };
}

function whileFrozen<Result>(parameters: readonly Parameter<tf.Tensor>[], run: () => Result): Result {
  const marked = parameters.filter(({ trainable }) => trainable);
  for (const parameter of marked) parameter.trainable = false;
  try {
    return run();
  } finally {
    for (const parameter of marked) parameter.trainable = true;
  }
}

async function readScalar(scalar: tf.Scalar): Promise<number> {
  return (await scalar.data())[0]!;
}
