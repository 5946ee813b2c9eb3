import type { Parameter, Rollout } from "@cai/contracts";
import { type AdamW, clipFactor, globalNorm } from "@cai/optim";
import { policyDiagnostics, valueDiagnostics } from "@cai/ppo-loss";
import * as tf from "@tensorflow/tfjs-core";
import { TrainerError } from "./error.ts";
import { countTokens, type Experience, type OldPolicy, selectExperience } from "./experience.ts";
import { evaluatePolicy, validOnly } from "./forward.ts";
import { type MinibatchGradients, minibatchGradients } from "./gradients.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { clipOptions, forwardPass, type LossWeights, lossOfPass, type Models, ppoStepLoss } from "./ppo-step-loss.ts";
import { rowsOfEpoch } from "./prompt-order.ts";
import { consecutiveRuns } from "./select-rows.ts";

/** Parameters that one optimizer updates, with the learning rate of the step. Gradients are clipped a group at a time. */
export interface OptimizerGroup {
  readonly parameters: readonly Parameter<tf.Tensor>[];
  readonly optimizer: AdamW;
  readonly learningRate: number;
}

/** Means over the optimizer steps of one PPO step, each weighted by its tokens. */
export interface UpdateStatistics {
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly entropy: number | undefined;
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly ratioMean: number;
  readonly ratioVariance: number;
  readonly valueClipFraction: number;
  /** Norm before clipping; with a value optimizer of its own: the policy's. */
  readonly gradientNorm: number;
  /** Optimizer steps taken; fewer than epochs × minibatches where the KL limit ended them. */
  readonly updates: number;
}

/** The mutable half of a PPO step: epochs of minibatches over one experience. */
export interface Update extends Models, Omit<LossWeights, "denominators"> {
  readonly groups: readonly OptimizerGroup[];
  readonly hyperparameters: Hyperparameters;
  readonly step: number;
}

/**
 * Runs the epochs of one PPO step. Where one pass covers the whole rollout, the first epoch's forward pass is also what gives the old
 * log-probabilities and values: a pass of its own would compute the same bits again.
 *
 * @param learnFrom what the epochs learn from, once the policy before its update is known; called once, before the first update.
 * @throws TrainerError `non-finite` before a loss or gradient that is not finite can reach the weights.
 */
export async function updatePolicy<Learned extends Experience>(
  update: Update,
  rollout: Rollout,
  learnFrom: (old: OldPolicy) => Learned,
): Promise<{ readonly experience: Learned; readonly statistics: UpdateStatistics }> {
  const { hyperparameters: options, step } = update;
  const [rows] = rollout.responses.shape;
  const minibatchRows = Math.min(options.minibatchSize || rows, rows);
  const microbatchRows = Math.min(options.microbatchSize || minibatchRows, minibatchRows);
  const means = new TokenWeightedMeans();
  let updates = 0;

  let experience: Learned;
  let firstPass: MinibatchGradients | undefined;
  if (microbatchRows === rows) ({ experience, pass: firstPass } = await firstGradients(update, rollout, learnFrom));
  else experience = learnFrom(await evaluatePolicy(update, rollout, { temperature: options.temperature, rowsAtOnce: microbatchRows }));

  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = rowsOfEpoch({ seed: options.seed, step, epoch, rows });
    for (const run of consecutiveRuns(rows, minibatchRows)) {
      const minibatch = selectExperience(
        experience,
        run.map((i) => order[i]!),
      );
      const pass = firstPass ?? (await gradientsOf(update, minibatch, microbatchRows));
      firstPass = undefined;
      try {
        const diagnostics = diagnose(minibatch, pass, options);
        if (!Number.isFinite(pass.total)) throw nonFinite(`the loss is ${pass.total}`, step, epoch);
        if (options.maxApproxKl > 0 && diagnostics.approxKl > options.maxApproxKl)
          return { experience, statistics: { ...means.read(), updates } };
        const gradientNorm = await applyGradients(update, pass.gradients, epoch);
        means.add(countTokens(minibatch), {
          ...diagnostics,
          policyLoss: pass.policyLoss,
          valueLoss: pass.valueLoss,
          entropy: pass.entropy,
          gradientNorm,
        });
        updates++;
      } finally {
        tf.dispose([...pass.gradients.values()]);
      }
      await new Promise((resolve) => setImmediate(resolve)); // lets signals and other work in
    }
  }
  return { experience, statistics: { ...means.read(), updates } };
}

/** The gradients of the whole rollout, from the pass that also tells the policy before its update. */
async function firstGradients<Learned extends Experience>(
  update: Update,
  rollout: Rollout,
  learnFrom: (old: OldPolicy) => Learned,
): Promise<{ experience: Learned; pass: MinibatchGradients }> {
  let experience: Learned | undefined;
  const pass = await minibatchGradients(
    [rollout],
    trainedParameters(update),
    (batch, denominators) => {
      const forward = forwardPass(update, batch, update.hyperparameters);
      const read = (tensor: tf.Tensor) => validOnly(tensor.dataSync() as Float32Array, batch.responses.mask);
      experience = learnFrom({ logprobs: read(forward.logprobs), values: read(forward.values) });
      return lossOfPass(forward, experience, { ...update.hyperparameters, ...update, denominators });
    },
    untrainedParameters(update),
  );
  return { experience: experience!, pass };
}

/** The gradients of a minibatch. */
function gradientsOf(update: Update, minibatch: Experience, microbatchRows: number): Promise<MinibatchGradients> {
  const microbatches = consecutiveRuns(minibatch.responses.shape[0], microbatchRows).map((run) => selectExperience(minibatch, run));
  return minibatchGradients(
    microbatches,
    trainedParameters(update),
    (microbatch, denominators) => ppoStepLoss(update, microbatch, { ...update.hyperparameters, ...update, denominators }),
    untrainedParameters(update),
  );
}

function trainedParameters({ groups }: Update): Parameter<tf.Tensor>[] {
  return groups.flatMap(({ parameters }) => parameters);
}

/** What the update leaves alone of the policy. */
function untrainedParameters(update: Update): Parameter<tf.Tensor>[] {
  const trained = new Set(trainedParameters(update));
  return [...update.policy.parameters.values()].filter((parameter) => !trained.has(parameter));
}

/** One optimizer step for each group, all gradients checked before the first; resolves to the first group's norm. */
async function applyGradients(
  { groups, hyperparameters, step }: Update,
  gradients: ReadonlyMap<string, tf.Tensor>,
  epoch: number,
): Promise<number> {
  const norms: number[] = [];
  for (const { parameters } of groups) {
    const norm = await globalNorm(parameters.map(({ name }) => gradients.get(name)!));
    if (!Number.isFinite(norm)) throw nonFinite(`the gradient's norm is ${norm}`, step, epoch);
    norms.push(norm);
  }
  groups.forEach(({ optimizer, learningRate }, index) => {
    optimizer.step({ gradients, learningRate, scale: clipFactor({ norm: norms[index]!, maxNorm: hyperparameters.maxGradNorm }) });
  });
  return norms[0]!;
}

function nonFinite(what: string, step: number, epoch: number): TrainerError {
  return new TrainerError(
    "non-finite",
    `step ${step}, epoch ${epoch + 1}: ${what}; the update was refused and the weights stay as they were before it. ` +
      "Lower the learning rate, or look for scores of extreme size",
  );
}

function diagnose(minibatch: Experience, { logprobs, values }: MinibatchGradients, options: Hyperparameters) {
  const { mask } = minibatch.responses;
  const policy = policyDiagnostics({
    newLogprobs: logprobs,
    oldLogprobs: minibatch.logprobs,
    advantages: minibatch.advantages,
    mask,
    ...clipOptions(options),
  });
  const value = valueDiagnostics({
    newValues: values,
    oldValues: minibatch.values,
    returns: minibatch.returns,
    mask,
    ...(options.valueClipRange > 0 && { clip: options.valueClipRange }),
  });
  return {
    approxKl: policy.approxKl,
    clipFraction: policy.clipFraction,
    ratioMean: policy.ratioMean,
    ratioVariance: policy.ratioVariance,
    valueClipFraction: value.clipFraction,
  };
}

type MeanName = Exclude<keyof UpdateStatistics, "updates">;

class TokenWeightedMeans {
  readonly #sums = new Map<string, number>();
  #tokens = 0;

  add(tokens: number, values: Record<MeanName, number | undefined>): void {
    this.#tokens += tokens;
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * tokens);
  }

  /** Zeros before the first update. */
  read(): Record<Exclude<MeanName, "entropy">, number> & { entropy: number | undefined } {
    const mean = (name: MeanName) => (this.#sums.get(name) ?? 0) / Math.max(1, this.#tokens);
    return {
      policyLoss: mean("policyLoss"),
      valueLoss: mean("valueLoss"),
      entropy: this.#sums.has("entropy") ? mean("entropy") : undefined,
      approxKl: mean("approxKl"),
      clipFraction: mean("clipFraction"),
      ratioMean: mean("ratioMean"),
      ratioVariance: mean("ratioVariance"),
      valueClipFraction: mean("valueClipFraction"),
      gradientNorm: mean("gradientNorm"),
    };
  }
}
