import { checkpointName } from "@cai/checkpoint";
import { join, warn } from "@cai/whole-file/system";
import { beginRun } from "./begin-run.ts";
import { bestCheckpoint } from "./best-checkpoint.ts";
import type { FolderUse } from "./fit-folder.ts";
import type { GuardSettings } from "./guard-options.ts";
import { saveStage } from "./restore-stage.ts";
import { countStreaks, noStreaks, refuseToGoOn, warningsAfter } from "./run-guards.ts";
import type { RunSettings } from "./run-options.ts";
import type { EvaluationReport, Stage, StepContext, StepReport } from "./stage.ts";
import type { RunConfig } from "./stored-config.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** How a run goes, beside its settings. */
export interface RunOptions<Report, Evaluation> extends FolderUse {
  /** The run's folder: configuration, metrics, samples, checkpoints and what was trained. Default: nothing is written. */
  readonly out?: string;
  /**
   * Go on from the newest complete checkpoint in `out`. A run that was stopped before its first one starts again from step 1; where there is no
   * run, or its checkpoints are gone or all broken, it is refused.
   */
  readonly resume?: boolean;
  /** Start over where `out` holds a run: what that left is removed once the first step is complete. */
  readonly overwrite?: boolean;
  /** Resume with options other than those in `config.json`, which are refused otherwise; it then tells from which step on they hold. */
  readonly allowChanges?: boolean;
  /** Ends the run between steps, or in what changes nothing, after a checkpoint of the last complete step. */
  readonly signal?: AbortSignal;
  /** More to keep in `config.json`, plain JSON: where model and data came from. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly callbacks?: RunCallbacks<Report, Evaluation>;
}

/** Called, and awaited, as things happen. An error thrown here ends the run. */
export interface RunCallbacks<Report, Evaluation> {
  readonly onStep?: (report: Report) => void | Promise<void>;
  readonly onEvaluation?: (evaluation: Evaluation) => void | Promise<void>;
  readonly onCheckpoint?: (directory: string) => void | Promise<void>;
  /** What a person should know: a damaged checkpoint that was passed over, a step that is not applied. Default: a warning of the process. */
  readonly onNotice?: (message: string) => void;
}

/**
 * Runs a stage to its last step: resumes, evaluates when due, logs, writes checkpoints, and saves what was trained. Nothing runs until it is
 * iterated. Leaving it early, an abort, a step beyond a limit, or a failure before the first update of a step leaves a checkpoint of the last
 * complete step, where there is a folder. The folder is locked from the start, and holds nothing else before the first complete step, so that bad
 * input leaves nothing behind.
 *
 * @param settings of the whole run; all of `config` is written to `config.json`.
 * @throws RunLogError `run-exists` for a folder that holds a run; CheckpointError, TrainingError for one that can't go on; TrainingError
 *   `non-finite`, `beyond-limit` after a step that should be the last one.
 */
export async function* runStage<Batch, Report extends StepReport, Evaluation extends EvaluationReport>(
  stage: Stage<Batch, Report, Evaluation>,
  settings: RunSettings & Partial<GuardSettings>,
  options: RunOptions<Report, Evaluation>,
): AsyncGenerator<Report, void, undefined> {
  const { out, signal, callbacks } = options;
  const { steps, evaluateEvery, checkpointEvery, checkpointKeep: keep, keepBest } = settings;
  const notice = callbacks?.onNotice ?? warn;
  const config = (options.config ?? {}) as RunConfig;
  const begun = out === undefined ? undefined : await beginRun(stage, { ...options, out, config, own: Object.keys(settings), notice });
  const folder = begun?.folder;
  let unrecorded = begun?.unrecorded;
  let streaks = begun?.streaks ?? noStreaks;
  let checkpointed = stage.stepsDone;
  let whole = true;

  const checkpoint = async () => {
    if (out === undefined || checkpointed === stage.stepsDone) return;
    const directory = join(out, "checkpoints", checkpointName(stage.stepsDone));
    const spare = keepBest === "" ? undefined : await bestCheckpoint(out, keepBest, stage.stepsDone);
    await saveStage(directory, stage, { keep, unrecorded, streaks, ...(spare !== undefined && { spare }) });
    checkpointed = stage.stepsDone;
    await callbacks?.onCheckpoint?.(directory);
  };
  const evaluates = stage.evaluate !== undefined && evaluateEvery > 0;
  const evaluate = () => unlessAborted(stage.evaluate!(signal), signal, () => true);
  const record = async (report: StepReport) => {
    unrecorded = report;
    const due = evaluates && (report.step % evaluateEvery === 0 || report.step === steps);
    const evaluation = due ? await evaluate() : undefined;
    await folder?.record(report, evaluation);
    unrecorded = undefined;
    return evaluation;
  };
  try {
    if (unrecorded) await record(unrecorded);
    if (evaluates && stage.stepsDone === 0) {
      const before = await evaluate();
      folder?.keep(before);
      await callbacks?.onEvaluation?.(before);
    }
    while (stage.stepsDone < steps) {
      signal?.throwIfAborted();
      whole = false;
      const report = await stepOrNothing(stage, signal, () => {
        whole = true;
      });
      whole = true;
      streaks = countStreaks(streaks, report);
      const evaluation = await record(report);
      const guarded = { report, streaks, settings, out };
      for (const warning of warningsAfter(guarded)) notice(warning);
      if (checkpointEvery > 0 && report.step % checkpointEvery === 0) await checkpoint();
      await callbacks?.onStep?.(report);
      if (evaluation) await callbacks?.onEvaluation?.(evaluation);
      yield report;
      refuseToGoOn(guarded);
    }
    await checkpoint();
    if (out !== undefined && keepBest !== "" && (await bestCheckpoint(out, keepBest, steps)) === undefined)
      notice(`keepBest is ${JSON.stringify(keepBest)}, and no step with a checkpoint logged such a metric: the newest alone were kept`);
    await folder?.finish(stage);
  } finally {
    try {
      if (whole) await checkpoint();
    } finally {
      await folder?.close();
    }
  }
}

/**
 * One step of a stage. A failure before the first update of a weight takes the stage back to where it was.
 *
 * @param back called then.
 */
async function stepOrNothing<Batch, Report extends StepReport>(
  stage: Omit<Stage<Batch, Report, never>, "evaluate">,
  signal: AbortSignal | undefined,
  back: () => void,
): Promise<Report> {
  const updates = () => stage.trained.optimizers.reduce((sum, { adamW }) => sum + adamW.stepCount, 0);
  const before = { state: stage.state(), updates: updates() };
  let updating = false;
  let abandoned = false;
  const context: StepContext = {
    signal,
    updating() {
      if (abandoned) throw signal?.reason;
      updating = true;
    },
  };
  try {
    return await unlessAborted(stage.step(stage.batch(stage.stepsDone + 1), context), signal, () => {
      abandoned = !updating;
      return abandoned;
    });
  } catch (error) {
    if (updates() === before.updates) {
      stage.restore(before.state);
      back();
    }
    throw error;
  }
}
