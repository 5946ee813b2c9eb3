import type { SequenceBatch } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import {
  accumulate,
  applyGradients,
  type BatchSettings,
  type ChunkLoss,
  type FailedStep,
  type ForwardPass,
  type Optimizer,
  type OptimizerSettings,
  type ParameterNorm,
  type PassNumbers,
  parameterNorms,
  type Slopes,
  scheduledRate,
  WeightedMeans,
} from "@cai/training";
import { nextTurn } from "@cai/whole-file/system";
import * as tf from "@tensorflow/tfjs-core";
import { minibatchesOf } from "./minibatches.ts";

/** The gradients of an update that is about to be made, as they are before they are clipped. */
export interface UpdateGradients {
  /** The step of training that it belongs to, from 1. */
  readonly step: number;
  /** Of the step, from 0. */
  readonly update: number;
  /** Measures them. They are gone once whoever was given this has returned. */
  readonly norms: () => Promise<ParameterNorm[]>;
}

/** What the optimizer steps of one step of training did. */
export interface Update<Name extends string> {
  /** Means weighted by tokens; `grad_norm` is of the first optimizer's gradients, before clipping. */
  readonly means: Readonly<Partial<Record<Name | "grad_norm", number>>>;
  readonly updates: number;
  /** Of each optimizer. */
  readonly learningRates: readonly number[];
  /** The one that was not made, and ended the step's updates: its loss or gradient is not finite. */
  readonly failed: Omit<FailedStep, "rows"> | undefined;
}

/** What an update learns from, and how. */
export interface UpdateOptions<Batch, Numbers extends PassNumbers, Loss, Name extends string> {
  readonly experience: Batch;
  /** The given rows of it, in the order given. */
  readonly select: (experience: Batch, rows: readonly number[]) => Batch;
  /** Those that make a step. */
  readonly optimizers: readonly Optimizer[];
  readonly options: Omit<BatchSettings, "epochs"> & OptimizerSettings & { readonly seed: number };
  readonly epochs: number;
  /** Counted from 1. */
  readonly step: number;
  readonly totalSteps: number;
  /** A pass over all rows that was made already: it serves the first update, and is disposed of here. */
  readonly firstPass: ForwardPass<Numbers> | undefined;
  readonly open: (rows: Batch) => Promise<ForwardPass<Numbers>>;
  readonly lossOf: (numbers: Numbers, rows: Batch, denominators: Denominators) => Loss;
  /** Of an optimizer step that is about to be made. */
  readonly measure: (losses: readonly ChunkLoss<Numbers, Loss>[], minibatch: Batch) => Measures<Name>;
  /** Called before each update, behind `isTooFar`. */
  readonly onGradients?: ((gradients: UpdateGradients) => void | Promise<void>) | undefined;
  /** Whether to stop before it. Default: never. */
  readonly isTooFar?: (measures: Measures<Name>) => boolean;
}

type Measures<Name extends string> = Readonly<Record<Name, number | undefined>>;

/**
 * Epochs of minibatches over an experience: passes, their losses, AdamW on clipped gradients. A loss or gradient that is not finite ends them
 * before any weight has changed by it; what was updated before stays.
 */
export async function updateOnMinibatches<
  Batch extends Pick<SequenceBatch, "responses">,
  Numbers extends PassNumbers,
  Loss extends { readonly total: number; readonly slopes: Slopes },
  Name extends string,
>(given: UpdateOptions<Batch, Numbers, Loss, Name>): Promise<Update<Name>> {
  const { experience, select, optimizers, options, epochs, step, totalSteps, open, lossOf, measure, isTooFar, onGradients } = given;
  const learningRates = optimizers.map((optimizer) => scheduledRate(optimizer, { step, totalSteps }, options));
  const means = new WeightedMeans<Name | "grad_norm">();
  let updates = 0;
  let failed: Update<Name>["failed"];
  let first = given.firstPass;
  for (const { epoch, batch, microbatches, denominators } of minibatchesOf(experience, select, { ...options, epochs, step })) {
    if (denominators.tokens === 0) continue; // all of its responses were cut, and count for nothing
    const { gradients, losses } = await accumulate(
      microbatches,
      async (rows) => first ?? open(rows),
      (numbers, rows) => lossOf(numbers, rows, denominators),
    );
    first = undefined;
    try {
      const loss = losses.reduce((sum, { total }) => sum + total, 0);
      const measures = measure(losses, batch);
      if (Number.isFinite(loss) && isTooFar?.(measures)) break;
      await onGradients?.({ step, update: updates, norms: () => parameterNorms(optimizers, gradients) });
      const where = `step ${step}, epoch ${epoch + 1}`;
      const update = await applyGradients({ loss, optimizers, gradients, learningRates, maxGradNorm: options.maxGradNorm, where });
      if (update.failed) {
        failed = { ...update.failed, updatesBefore: updates };
        break;
      }
      means.add(denominators.tokens, { ...measures, grad_norm: update.gradientNorm });
      updates++;
    } finally {
      tf.dispose([...gradients.values()]);
    }
    await nextTurn(); // lets signals and other work in
  }
  first?.dispose();
  return { means: means.read(), updates, learningRates, failed };
}
