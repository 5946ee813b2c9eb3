import {
  applyGradients,
  type EvaluationReport,
  type FailedStep,
  type Gradients,
  type Optimizer,
  StageTrainer,
  type StepContext,
  type StepReport,
  scheduledRate,
  type TrainedTensors,
} from "@cai/training";
import * as tf from "@tensorflow/tfjs-core";
import { type PairSettings, stepsOver } from "./pair-options.ts";
import type { PreferencePair } from "./preference-pair.ts";

/** How pairs came out. */
export interface PairTotals {
  readonly loss: number;
  /** Share of the pairs whose better answer, by their label, has the higher reward. */
  readonly accuracy: number;
  /** Mean lead of the chosen answers' rewards. */
  readonly margin: number;
  /** By the names of `metrics.jsonl`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a step did; its numbers are those before its update. */
export interface PairStepResult extends StepReport, PairTotals {
  /** Tokens that were read. */
  readonly tokens: number;
}

/** How it does on held-out pairs; metrics are `eval/…`. */
export interface PairEvaluation extends EvaluationReport, PairTotals {}

/** What trainers on pairs share: one update a step, on data of a user's own. */
export abstract class PairTrainer<
  Row,
  Settings extends PairSettings,
  Evaluation extends PairEvaluation = PairEvaluation,
> extends StageTrainer<PreferencePair, Row, Settings, PairStepResult, Evaluation> {
  /** By the file of a checkpoint. */
  protected abstract readonly models: TrainedTensors["models"];
  protected abstract readonly optimizers: readonly Optimizer[];

  /** Frees what the trainer made. The policy stays. */
  dispose(): void {
    for (const { adamW } of this.optimizers) adamW.dispose();
  }

  protected get trained(): TrainedTensors {
    return { models: this.models, optimizers: this.optimizers };
  }

  protected override get dataStream(): string {
    return "pairs";
  }

  protected override plannedSteps(rows: number): number {
    return stepsOver(rows, this.hyperparameters);
  }

  /** Pairs a pass. */
  protected pairsAtOnce(pairs: number): number {
    return this.hyperparameters.microbatchSize || pairs;
  }

  /**
   * AdamW on clipped gradients, which are disposed of here; where the loss or a gradient is not finite, nothing. Until it begins, nothing has
   * changed; it is not aborted after.
   *
   * @param rows the step's pairs for a look, where it fails.
   */
  protected async update(
    loss: number,
    gradients: Gradients,
    { signal, updating }: StepContext,
    rows: () => readonly object[],
  ): Promise<{ readonly metrics: Readonly<Record<"grad_norm" | "lr", number>>; readonly failed: FailedStep | undefined }> {
    const { optimizers, hyperparameters: options, totalSteps } = this;
    const step = this.step + 1;
    const where = `step ${step}`;
    const learningRates = optimizers.map((optimizer) => scheduledRate(optimizer, { step, totalSteps }, options));
    try {
      signal?.throwIfAborted();
      updating();
      const { maxGradNorm } = options;
      const { failed, gradientNorm } = await applyGradients({ loss, optimizers, gradients, learningRates, maxGradNorm, where });
      return {
        metrics: { grad_norm: gradientNorm, lr: learningRates[0]! },
        failed: failed && { ...failed, updatesBefore: 0, rows: rows() },
      };
    } finally {
      tf.dispose([...gradients.values()]);
      await new Promise((resolve) => setImmediate(resolve)); // lets signals and other work in
    }
  }

  /** There is nothing beside the tensors. */
  protected state() {
    return {};
  }

  protected restore(): void {}
}

/** Metrics of held-out pairs. */
export function evaluationOf(totals: PairTotals, step: number): PairEvaluation {
  const named = Object.entries(totals.metrics).map(([name, value]) => [`eval/${name}`, value]);
  return { ...totals, step, metrics: Object.fromEntries(named) };
}
