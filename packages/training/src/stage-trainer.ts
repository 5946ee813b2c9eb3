import { readCheckpoint } from "@cai/checkpoint";
import { readMetrics } from "@cai/run-log";
import { machine, warn } from "@cai/whole-file/system";
import * as tf from "@tensorflow/tfjs-core";
import { packageVersion } from "#version";
import { checkTrainOptions, trainOptionNames } from "./check-train-options.ts";
import { rowsOfStep } from "./data-order.ts";
import { TrainingError } from "./error.ts";
import { describeFailure, describeKept } from "./failed-update.ts";
import { resolveOptions } from "./option-table.ts";
import { restoreStage, saveStage } from "./restore-stage.ts";
import { finalDirectory } from "./run-folder.ts";
import { type RunSettings, runOptions } from "./run-options.ts";
import { type RunOptions, runStage } from "./run-stage.ts";
import type { EvaluationReport, Json, RunIdentity, Stage, StepContext, StepReport, TrainedTensors } from "./stage.ts";
import { addStep, noStatistics, restoreStatistics, storedStatistics, type TrainingStatistics } from "./statistics.ts";

/** A whole run. */
export interface TrainingHistory<Report, Evaluation> {
  /** One entry a step; after a resume with `out`, those before it are included, read back from `metrics.jsonl`. */
  readonly steps: readonly Pick<Report & StepReport, "step" | "metrics">[];
  readonly evaluations: readonly Evaluation[];
  /** The folder of what was trained, where `out` was given. */
  readonly final: string | undefined;
}

/** How a trainer runs: `steps` and held-out data beside what every run has. */
export interface TrainOptions<Item, Report, Evaluation> extends RunOptions<Report, Evaluation> {
  /** Steps of the whole run, those before a resume included. Default: the trainer's `steps`. */
  readonly steps?: number;
  /** Held-out data for `evaluateEvery`. */
  readonly evaluationData?: readonly Item[];
}

/**
 * A trainer as its users see it, around the few things that an algorithm is: rows of data, a step over some of them, and what a checkpoint
 * carries. Steps are counted from 1; the rows of a step are a function of the seed and its number.
 */
export abstract class StageTrainer<
  Item,
  Row,
  Settings extends RunSettings & { readonly batchSize: number },
  Report extends StepReport & { readonly tokens: number },
  Evaluation extends EvaluationReport,
> {
  readonly hyperparameters: Settings;
  /** The names that `create` takes. */
  protected readonly optionNames: readonly string[];
  #statistics: TrainingStatistics = noStatistics;
  #totalSteps: number;
  #dataSha256: string | null = null;
  #rowsOf: ((step: number) => readonly Row[]) | undefined;

  /** @param partNames what it was given beside its settings. */
  constructor(settings: Settings, partNames: readonly string[]) {
    this.hyperparameters = settings;
    this.optionNames = [...partNames, ...Object.keys(settings)];
    this.#totalSteps = settings.steps;
  }

  /** What training changes. */
  protected abstract get trained(): TrainedTensors;
  /** What must be the same for a run to go on. */
  protected abstract get identity(): Omit<RunIdentity, "dataSha256" | "seed">;
  /**
   * Checks the data and brings it into the form that steps take.
   *
   * @param notice tells a person of what is no error: rows that were cut, say.
   */
  protected abstract prepare(items: readonly Item[], notice: (message: string) => void): Row[];
  /** Of prepared data in its order, hexadecimal. */
  protected abstract digest(rows: readonly Row[]): string;
  /**
   * One step of the algorithm. One with an update that is not finite is told as `failed`, and may leave `state` as it likes: it is put back.
   */
  protected abstract learn(rows: readonly Row[], context: StepContext): Promise<Report>;
  /** How it does on held-out data. */
  protected abstract look(rows: readonly Row[], signal: AbortSignal | undefined): Promise<Evaluation>;
  /** All that changes the bytes to come, beside the tensors. */
  protected abstract state(): { readonly [name: string]: Json };
  protected abstract restore(state: { readonly [name: string]: Json }): void;
  /** Writes what was trained into a folder, for others to load. */
  abstract save(directory: string): Promise<void>;
  abstract dispose(): void;

  /** Steps completed. */
  get step(): number {
    return this.#statistics.steps;
  }

  /** Steps of the run that is going on; the learning rate's schedule ends there. */
  get totalSteps(): number {
    return this.#totalSteps;
  }

  /** Names the draws of the data's order, to keep those of several data sets apart. */
  protected get dataStream(): string {
    return "prompts";
  }

  /** The rows that later steps of the run learn from, the next one first: so many, or what is left of it. None outside of a run. */
  protected rowsAhead(steps: number): (readonly Row[])[] {
    const next = this.step + 2; // the step to come is the one after the last complete one
    const left = Math.max(0, Math.min(steps, this.#totalSteps - next + 1));
    const rowsOf = this.#rowsOf;
    return rowsOf === undefined ? [] : Array.from({ length: left }, (_, ahead) => rowsOf(next + ahead));
  }

  /** Which weights drew the responses of the step that was made, where that is to be recorded. */
  protected get drawnAfter(): readonly number[] | undefined {
    return undefined;
  }

  /** Steps of a run over so many rows where `train` and `steps` are not told. */
  protected plannedSteps(_rows: number): number {
    return this.hyperparameters.steps;
  }

  /** Totals so far and the newest step's metrics. */
  getStatistics(): TrainingStatistics {
    return this.#statistics;
  }

  /** Makes all steps, and resolves to what they gave. `steps` is the same, a step at a time. */
  async train(data: readonly Item[], options: TrainOptions<Item, Report, Evaluation> = {}): Promise<TrainingHistory<Report, Evaluation>> {
    const { callbacks, out } = options;
    const evaluations: Evaluation[] = [];
    const onEvaluation = (evaluation: Evaluation) => {
      evaluations.push(evaluation);
      return callbacks?.onEvaluation?.(evaluation);
    };
    const reports: Report[] = [];
    for await (const report of this.steps(data, { ...options, callbacks: { ...callbacks, onEvaluation } })) reports.push(report);
    const steps = out === undefined ? reports : (await readMetrics(out)).map(({ step, values }) => ({ step, metrics: values }));
    return { steps, evaluations, final: out === undefined ? undefined : finalDirectory(out) };
  }

  /**
   * The loop that `train` consumes; nothing runs until it is iterated. Leaving it early writes a checkpoint, where there is a folder.
   *
   * @throws what `prepare` finds wrong with the data, before anything is written; RunLogError `run-exists` for a folder that holds a run.
   */
  async *steps(data: readonly Item[], options: TrainOptions<Item, Report, Evaluation> = {}): AsyncGenerator<Report, void, undefined> {
    checkTrainOptions(options, trainOptionNames, this.optionNames);
    const notice = options.callbacks?.onNotice ?? warn;
    const rows = this.prepare(data, notice);
    const heldOut = options.evaluationData && this.prepare(options.evaluationData, notice);
    const { steps } = resolveOptions({ steps: runOptions.steps }, { steps: options.steps ?? this.plannedSteps(rows.length) });
    const settings: Settings = { ...this.hyperparameters, steps };
    this.#dataSha256 = this.digest(rows);
    this.#totalSteps = settings.steps;
    const { seed, batchSize } = settings;
    const stream = this.dataStream;
    const rowsOf = (step: number) => rowsOfStep({ seed, step, batchSize, count: rows.length, stream }).map((place) => rows[place]!);
    this.#rowsOf = rowsOf;
    const stage = this.#stage({
      batch: rowsOf,
      ...(heldOut && { evaluate: (signal) => this.look(heldOut, signal) }),
    });
    const config = { ...options.config, ...settings, versions: { ...versions(), ...(options.config?.versions as object | undefined) } };
    try {
      yield* runStage(stage, settings, { ...options, config });
    } finally {
      this.#rowsOf = undefined;
    }
  }

  /**
   * One whole step on the given data.
   *
   * @throws TrainingError `non-finite` for a loss or gradient that is not finite; the step then counts as not made, but for updates of it that
   *   came before.
   */
  async trainStep(items: readonly Item[], { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Report> {
    const report = await this.#attempt(this.prepare(items, warn), { signal, updating() {} });
    const { failed } = report;
    if (failed === undefined) return this.#count(report);
    const advice = "lower the learning rate, or look for scores of extreme size";
    throw new TrainingError("non-finite", `${describeFailure(failed)}; ${describeKept(failed)}: ${advice}`);
  }

  /** How it does on held-out data. */
  async evaluate(items: readonly Item[], options: { readonly signal?: AbortSignal } = {}): Promise<Evaluation> {
    return this.look(this.prepare(items, warn), options.signal);
  }

  /** Writes the complete state, atomically; `directory` is the checkpoint's own, as in `runs/first/checkpoints/step-000010`. */
  async saveCheckpoint(directory: string): Promise<void> {
    await saveStage(directory, this.#stage(), { keep: this.hyperparameters.checkpointKeep });
  }

  /**
   * Takes up the state of a checkpoint: what follows gives the same bytes as if training had never stopped.
   *
   * @throws CheckpointError where a file is missing or damaged; TrainingError `checkpoint-mismatch` where it is of another run.
   */
  async loadCheckpoint(directory: string): Promise<void> {
    await restoreStage(await readCheckpoint(directory), this.#stage());
  }

  /** A step that is not counted yet. What one that failed has changed beside the weights is put back. */
  async #attempt(rows: readonly Row[], context: StepContext): Promise<Report> {
    const before = this.state();
    const learned = await this.learn(rows, context);
    const { drawnAfter } = this;
    const report = drawnAfter === undefined ? learned : { ...learned, drawnAfter };
    if (!report.failed) return report;
    this.restore(before);
    const samples = report.samples.filter(({ score }) => Number.isFinite(score));
    return { ...report, samples, metrics: { ...report.metrics, failed: 1 } };
  }

  #count(report: Report): Report {
    this.#statistics = addStep(this.#statistics, report);
    return report;
  }

  #stage(
    data: Pick<Stage<readonly Row[], Report, Evaluation>, "batch" | "evaluate"> = { batch: () => [] },
  ): Stage<readonly Row[], Report, Evaluation> {
    const trainer = this;
    return {
      ...data,
      trained: this.trained,
      identity: { ...this.identity, seed: this.hyperparameters.seed, dataSha256: this.#dataSha256 },
      get stepsDone() {
        return trainer.step;
      },
      step: async (rows, context) => this.#count(await this.#attempt(rows, context)),
      state: () => ({ ...this.state(), statistics: storedStatistics(this.#statistics) }),
      restore: ({ statistics, ...own }) => {
        const restored = restoreStatistics(statistics);
        this.restore(own);
        this.#statistics = restored;
      },
      save: (directory) => this.save(directory),
    };
  }
}

function versions(): Record<string, string> {
  const version = packageVersion();
  return {
    ...(version !== undefined && { "@cai/training": version }),
    "@tensorflow/tfjs-core": tf.version_core,
    backend: tf.getBackend(),
    ...machine(),
  };
}
