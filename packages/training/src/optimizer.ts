import type { Parameter } from "@cai/contracts";
import { AdamW, clipFactor, globalNorm, learningRateAt } from "@cai/optim";
import type * as tf from "@tensorflow/tfjs-core";
import type { FailedUpdate } from "./failed-update.ts";
import type { Gradients } from "./forward-pass.ts";
import type { OptimizerSettings } from "./optimizer-options.ts";
import { type ParameterNorm, parameterNorms } from "./parameter-norms.ts";

/** An optimizer and what it updates. Its gradients are clipped by their own norm. */
export interface Optimizer {
  readonly adamW: AdamW;
  readonly parameters: readonly Parameter<tf.Tensor>[];
  /** Before the schedule. */
  readonly learningRate: number;
}

/** AdamW over those of the parameters that are trainable. The caller disposes of `adamW`. */
export function makeOptimizer(
  parameters: Iterable<Parameter<tf.Tensor>>,
  { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay }: OptimizerSettings,
): Optimizer {
  const trained = [...parameters].filter(({ trainable }) => trainable);
  const adamW = new AdamW({ parameters: trained, beta1: adamBeta1, beta2: adamBeta2, epsilon: adamEpsilon, weightDecay });
  return { adamW, parameters: trained, learningRate };
}

/** The learning rate of a step, counted from 1. Steps made one by one are of no run, `totalSteps` 0: no last one, which the rate would fall to. */
export function scheduledRate(
  { learningRate }: Pick<Optimizer, "learningRate">,
  { step, totalSteps }: { readonly step: number; readonly totalSteps: number },
  { schedule, warmupSteps }: Pick<OptimizerSettings, "schedule" | "warmupSteps">,
): number {
  return learningRateAt({ schedule, base: learningRate, step: step - 1, totalSteps: totalSteps || Number.MAX_SAFE_INTEGER, warmupSteps });
}

/** What an update did. */
export interface UpdateResult {
  /** Of the first optimizer's gradients, before clipping. */
  readonly gradientNorm: number;
  /** Where it was not made; nothing has changed then. */
  readonly failed?: FailedUpdate;
}

/**
 * One update of each optimizer, on gradients clipped to `maxGradNorm`; none where the loss or a gradient is not finite. All are looked at before
 * the first weight changes.
 */
export async function applyGradients({
  loss,
  optimizers,
  gradients,
  learningRates,
  maxGradNorm,
  where,
}: {
  /** That the gradients are of. */
  readonly loss: number;
  readonly optimizers: readonly Optimizer[];
  readonly gradients: Gradients;
  /** One for each optimizer. */
  readonly learningRates: readonly number[];
  readonly maxGradNorm: number;
  /** What a message calls the place: "step 3, epoch 1". */
  readonly where: string;
}): Promise<UpdateResult> {
  const norms: number[] = [];
  for (const { parameters } of optimizers) norms.push(await globalNorm(parameters.map(({ name }) => gradients.get(name)!)));
  const gradientNorm = norms[0]!;
  if (![loss, ...norms].every(Number.isFinite))
    return { gradientNorm, failed: { where, loss, gradientNorms: byName(await parameterNorms(optimizers, gradients)) } };
  optimizers.forEach(({ adamW }, index) => {
    const scale = clipFactor({ norm: norms[index]!, maxNorm: maxGradNorm });
    adamW.step({ gradients, learningRate: learningRates[index]!, scale });
  });
  return { gradientNorm };
}

const byName = (norms: readonly ParameterNorm[]): Record<string, number> => Object.fromEntries(norms.map(({ name, norm }) => [name, norm]));
