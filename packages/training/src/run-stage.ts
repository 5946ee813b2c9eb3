import { join } from "node:path";
import { checkpointName, latestCheckpoint } from "@cai/checkpoint";
import { readMetrics, refuseExistingRun } from "@cai/run-log";
import { RunFolder } from "./run-folder.ts";
import type { RunSettings } from "./run-options.ts";
import type { EvaluationReport, Stage, StepReport } from "./stage.ts";
import { checkStageState, restoreTensors, writeStageState } from "./stage-state.ts";

/** How a run goes, beside its settings. */
export interface RunOptions<Report, Evaluation> {
  /** The run's folder: configuration, metrics, samples, checkpoints and what was trained. Default: nothing is written. */
  readonly out?: string;
  /** Go on from the newest complete checkpoint in `out`; without one, start over. */
  readonly resume?: boolean;
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
  /** Something that a person should know: a damaged checkpoint that was passed over, a run that starts over. Default: a warning of the process. */
  readonly onNotice?: (message: string) => void;
}

/**
 * Runs a stage to its last step: resumes, evaluates when due, logs, writes checkpoints, and saves what was trained. Nothing runs until it is
 * iterated. Leaving it early, an abort, or a failure that changed nothing leaves a checkpoint of the last complete step, where there is a
 * folder; the folder itself is made with the first complete step, so that bad input leaves nothing behind.
 *
 * @param settings of the whole run; all of `config` is written to `config.json`.
 * @throws RunLogError `run-exists` for a folder that holds a run; CheckpointError, TrainingError for one that can't go on.
 */
export async function* runStage<Batch, Report extends StepReport, Evaluation extends EvaluationReport>(
  stage: Stage<Batch, Report, Evaluation>,
  settings: RunSettings,
  options: RunOptions<Report, Evaluation>,
): AsyncGenerator<Report, void, undefined> {
  const { out, resume = false, signal, callbacks } = options;
  const { steps, evaluateEvery, checkpointEvery, checkpointKeep } = settings;
  if (out !== undefined && !resume) await refuseExistingRun(out);
  if (out !== undefined && resume) await restoreLatest(stage, out, callbacks?.onNotice ?? ((message) => process.emitWarning(message)));
  const folder = out === undefined ? undefined : new RunFolder({ directory: out, config: options.config ?? {}, resume });
  let checkpointed = stage.stepsDone;
  let updating = false;

  const checkpoint = async () => {
    if (out === undefined || checkpointed === stage.stepsDone) return;
    const directory = join(out, "checkpoints", checkpointName(stage.stepsDone));
    await saveStage(directory, stage, checkpointKeep);
    checkpointed = stage.stepsDone;
    await callbacks?.onCheckpoint?.(directory);
  };
  const evaluates = stage.evaluate !== undefined && evaluateEvery > 0;
  try {
    if (evaluates && stage.stepsDone === 0) await callbacks?.onEvaluation?.(await stage.evaluate!(signal));
    while (stage.stepsDone < steps) {
      signal?.throwIfAborted();
      const begin = () => {
        updating = true;
      };
      const report = await stage.step(stage.batch(stage.stepsDone + 1), { signal, updating: begin });
      updating = false;
      const due = evaluates && (report.step % evaluateEvery === 0 || report.step === steps);
      const evaluation = due ? await stage.evaluate!(undefined) : undefined;
      await folder?.record(report, evaluation);
      if (checkpointEvery > 0 && report.step % checkpointEvery === 0) await checkpoint();
      await callbacks?.onStep?.(report);
      if (evaluation) await callbacks?.onEvaluation?.(evaluation);
      yield report;
    }
    await checkpoint();
    await folder?.finish(stage);
  } finally {
    if (!updating) await checkpoint();
    await folder?.close();
  }
}

/** Writes a stage's complete state, atomically; `directory` is the checkpoint's own, as in `runs/first/checkpoints/step-000010`. */
export async function saveStage(directory: string, stage: AnyStage, keep?: number): Promise<void> {
  await writeStageState(directory, { step: stage.stepsDone, identity: stage.identity, stage: stage.state() }, stage.trained, keep);
}

/** @throws TrainingError `checkpoint-mismatch` where the checkpoint is of another run; nothing has changed then. */
export async function restoreStage(checkpoint: Parameters<typeof checkStageState>[0], stage: AnyStage): Promise<void> {
  const state = checkStageState(checkpoint, stage.identity);
  await restoreTensors(checkpoint, state, stage.trained);
  stage.restore(state.stage);
}

type AnyStage = Pick<Stage<never, never, never>, "stepsDone" | "identity" | "state" | "restore" | "trained">;

async function restoreLatest(stage: AnyStage, out: string, notice: (message: string) => void): Promise<void> {
  const { checkpoint, skipped } = await latestCheckpoint(join(out, "checkpoints"));
  for (const reason of skipped) notice(reason);
  if (checkpoint !== undefined) await restoreStage(checkpoint, stage);
  else notice(await startingOver(out, skipped.length));
}

/** Whoever mistyped the folder's name sees it here. */
async function startingOver(out: string, broken: number): Promise<string> {
  const steps = (await readMetrics(out)).length;
  if (steps + broken === 0) return `no run at ${out}: starting a new one`;
  return `the run at ${out} logged ${steps} ${steps === 1 ? "step" : "steps"} but has no complete checkpoint: starting it over`;
}
