import type { ModelIdentity, Parameter } from "@cai/contracts";
import type { Sample } from "@cai/run-log";
import type * as tf from "@tensorflow/tfjs-core";
import type { FailedStep } from "./failed-update.ts";
import type { Optimizer } from "./optimizer.ts";

/** Plain data that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What a step tells. */
export interface StepReport {
  /** Counted from 1. */
  readonly step: number;
  /** A line of `metrics.jsonl`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Lines of `samples.jsonl`. */
  readonly samples: readonly Sample[];
  /** Which weights drew its responses, where they may be older than the step: as `drawnAfter` of a generator tells. A line of `draws.jsonl`. */
  readonly drawnAfter?: readonly number[] | undefined;
  /** An update whose loss or gradient was not finite: it was not made, and beside the weights the stage is as before the step. */
  readonly failed?: FailedStep | undefined;
  /** KL to the reference, in nats a token: what `maxKl` bounds. */
  readonly klPerToken?: number | undefined;
  /** Entropy of the policy, in nats a token: what `minEntropy` bounds. */
  readonly entropyPerToken?: number | undefined;
  /** No score differs from those that it is compared with, so that they tell nothing. */
  readonly equalScores?: boolean | undefined;
}

/** What a look at held-out data tells. */
export interface EvaluationReport {
  /** The step after which it was made; 0: before the first. */
  readonly step: number;
  /** Added to the line of that step in `metrics.jsonl`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Lines of `evaluation-samples.jsonl`. */
  readonly samples?: readonly Sample[];
}

/** What a step is told by the run that it belongs to. */
export interface StepContext {
  /** Aborts what has changed nothing yet. */
  readonly signal: AbortSignal | undefined;
  /** From the call on until the step is complete the weights are in between: a failure then leaves no state worth keeping. */
  updating(): void;
}

/** The tensors that training changes, by the file of a checkpoint that holds them. */
export interface TrainedTensors {
  readonly models: Readonly<Record<string, ReadonlyMap<string, Parameter<tf.Tensor>>>>;
  readonly optimizers: readonly Optimizer[];
}

/** What must be the same for a run to go on as it would have. */
export interface RunIdentity {
  readonly seed: number;
  /** What trains, or is measured against, at its start: `policy`, `reference`. Of an adapter: its base and scale, which are in no checkpoint. */
  readonly models: Readonly<Record<string, ModelIdentity>>;
  /** Of the data in its order; null where steps were made one by one. */
  readonly dataSha256: string | null;
}

/**
 * What an algorithm is, to everything that runs it: steps over batches of data, and all that a checkpoint must carry for the steps to come to
 * be the same. The runner knows no algorithm, and a stage no files.
 */
export interface Stage<Batch, Report extends StepReport, Evaluation extends EvaluationReport> {
  readonly trained: TrainedTensors;
  readonly identity: RunIdentity;
  /** Steps completed. */
  readonly stepsDone: number;
  /** The data of a step, counted from 1: a function of the seed and this. */
  batch(step: number): Batch;
  /**
   * Throws before `context.updating()`, with nothing changed, or completes, or leaves weights that must be read back from a checkpoint. A step with
   * an update that is not finite is complete too, and told as `failed`.
   */
  step(batch: Batch, context: StepContext): Promise<Report>;
  evaluate?(signal: AbortSignal | undefined): Promise<Evaluation>;
  /** All that changes the bytes to come beside the tensors. */
  state(): { readonly [name: string]: Json };
  /** Takes up what `state` gave. */
  restore(state: { readonly [name: string]: Json }): void;
  /** Writes what was trained into a folder, for others to load. */
  save(directory: string): Promise<void>;
}
