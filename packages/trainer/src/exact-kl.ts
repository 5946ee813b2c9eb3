import type { ReferencePolicy, SequenceBatch, TrainablePolicy } from "@cai/contracts";
import { consecutiveRuns, evaluateRows, TrainingError } from "@cai/training";
import * as tf from "@tensorflow/tfjs-core";

/** Logits that are in memory at once, of each of the two models: 32 MiB. */
const logitsAtOnce = 2 ** 23;

/** What exact divergences are read from. */
interface Distributions {
  hiddenStates(batch: SequenceBatch): tf.Tensor;
  logits(hidden: tf.Tensor): tf.Tensor;
}

/**
 * `[B, T]`: the divergence KL(policy ‖ reference) = Σ_v p(v)·(log p(v) − log q(v)) over the whole vocabulary at every response token, in nats, at
 * a temperature; 0 at padding. Logits are computed for some tokens at a time.
 *
 * @param rowsAtOnce rows a pass through the models.
 * @throws TrainingError `invalid-option` for a policy or a reference that gives no logits.
 */
export async function evaluateExactKl(
  { policy, reference }: { readonly policy: TrainablePolicy<tf.Tensor>; readonly reference: ReferencePolicy<tf.Tensor> | undefined },
  batch: SequenceBatch,
  { temperature, rowsAtOnce }: { readonly temperature: number; readonly rowsAtOnce: number },
): Promise<Float32Array> {
  const [p, q] = [distributions("policy", policy), distributions("reference", reference)];
  const { kl } = await evaluateRows<{ kl: Float32Array }>(batch, rowsAtOnce, (rows) => {
    const [hidden, refHidden] = [p, q].map((model) => flat(model.hiddenStates(rows)));
    const tokens = hidden!.shape[0];
    const runs = consecutiveRuns(tokens, Math.max(1, Math.floor(logitsAtOnce / policy.vocabSize)));
    const parts = runs.map((run) => {
      const logitsOf = (model: Distributions, states: tf.Tensor2D) => model.logits(tf.slice(states, [run[0]!, 0], [run.length, -1]));
      return tf.tidy(() => divergence(logitsOf(p, hidden!), logitsOf(q, refHidden!), temperature));
    });
    return { kl: tf.reshape(tf.concat(parts), [...rows.responses.shape]) };
  });
  return kl;
}

/** @throws TrainingError `invalid-option` where none is given. */
export function givenKl(exactKl: Float32Array | undefined): Float32Array {
  if (exactKl === undefined)
    throw new TrainingError("invalid-option", 'klEstimator is "full"; expected exactKl, as computeExactKl gives it');
  return exactKl;
}

/** From logits `[N, V]` of both: `[N]`, which only rounding could take below 0. */
function divergence(logits: tf.Tensor, refLogits: tf.Tensor, temperature: number): tf.Tensor {
  const [logp, logq] = [logits, refLogits].map((values) => tf.logSoftmax(tf.div(values, temperature)));
  return tf.relu(tf.sum(tf.mul(tf.exp(logp!), tf.sub(logp!, logq!)), -1));
}

function flat(hidden: tf.Tensor): tf.Tensor2D {
  return tf.reshape(hidden, [-1, hidden.shape.at(-1)!]);
}

function distributions(name: string, model: Partial<Distributions> | undefined): Distributions {
  if (typeof model?.hiddenStates !== "function" || typeof model.logits !== "function")
    throw new TrainingError(
      "invalid-option",
      `klEstimator is "full"; expected a ${name} with hiddenStates and logits, as @cai/policy makes it`,
    );
  return model as Distributions;
}
