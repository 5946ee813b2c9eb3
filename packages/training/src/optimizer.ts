import type { Parameter } from "@cai/contracts";
import { AdamW, clipFactor, globalNorm, learningRateAt } from "@cai/optim";
import type * as tf from "@tensorflow/tfjs-core";
import { TrainingError } from "./error.ts";
import type { Gradients } from "./forward-pass.ts";
import type { OptimizerSettings } from "./optimizer-options.ts";

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

/**
 * One update of each optimizer, on gradients clipped to `maxGradNorm`. All are looked at before the first weight changes.
 *
 * @returns the norm of the first optimizer's gradients, before clipping.
 * @throws TrainingError `non-finite` for a gradient that is not finite; nothing has changed then.
 */
export async function applyGradients({
  optimizers,
  gradients,
  learningRates,
  maxGradNorm,
  where,
}: {
  readonly optimizers: readonly Optimizer[];
  readonly gradients: Gradients;
  /** One for each optimizer. */
  readonly learningRates: readonly number[];
  readonly maxGradNorm: number;
  /** What a message calls the place: "step 3, epoch 1". */
  readonly where: string;
}): Promise<number> {
  const norms: number[] = [];
  for (const { parameters } of optimizers) {
    const norm = await globalNorm(parameters.map(({ name }) => gradients.get(name)!));
    if (!Number.isFinite(norm)) throw nonFinite(`the gradient's norm is ${norm}`, where);
    norms.push(norm);
  }
  optimizers.forEach(({ adamW }, index) => {
    const scale = clipFactor({ norm: norms[index]!, maxNorm: maxGradNorm });
    adamW.step({ gradients, learningRate: learningRates[index]!, scale });
  });
  return norms[0]!;
}

/** @throws TrainingError `non-finite` for a loss that is not finite. */
export function refuseNonFinite(loss: number, where: string): void {
  if (!Number.isFinite(loss)) throw nonFinite(`the loss is ${loss}`, where);
}

function nonFinite(what: string, where: string): TrainingError {
  return new TrainingError(
    "non-finite",
    `${where}: ${what}; the update was refused and the weights stay as they were before it. ` +
      "Lower the learning rate, or look for scores of extreme size",
  );
}
