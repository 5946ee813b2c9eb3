import type { Checkpoint } from "@cai/checkpoint";
import { checkStageState, notState } from "./check-state.ts";
import type { StepStreaks } from "./run-guards.ts";
import type { Stage, StepReport } from "./stage.ts";
import { restoreTensors, type StageState, writeStageState } from "./stage-state.ts";
import { storeMetrics } from "./stored-metrics.ts";

/** What a checkpoint is made of, and goes back to. */
export type StoredStage = Pick<Stage<never, never, never>, "stepsDone" | "identity" | "state" | "restore" | "trained">;

/**
 * Writes a stage's complete state, atomically; `directory` is the checkpoint's own, as in `runs/first/checkpoints/step-000010`.
 *
 * @param unrecorded the newest step, where it is in no log yet.
 * @param streaks of the run that it is written by.
 */
export async function saveStage(
  directory: string,
  stage: StoredStage,
  {
    unrecorded,
    streaks,
    ...kept
  }: {
    readonly keep?: number;
    readonly spare?: string;
    readonly unrecorded?: StepReport | undefined;
    readonly streaks?: StepStreaks;
  } = {},
): Promise<void> {
  const state = {
    step: stage.stepsDone,
    identity: stage.identity,
    stage: stage.state(),
    ...(unrecorded && { unrecorded: plain(unrecorded) }),
    ...(streaks && { streaks }),
  };
  await writeStageState(directory, state, stage.trained, kept);
}

/** Without what a trainer's own report has beside it. */
const plain = ({ step, metrics, samples, drawnAfter }: StepReport): NonNullable<StageState["unrecorded"]> => ({
  step,
  metrics: storeMetrics(metrics),
  samples,
  ...(drawnAfter && { drawnAfter }),
});

/**
 * Looks whether a checkpoint holds a state of this stage; the stage stays as it is.
 *
 * @throws TrainingError `checkpoint-mismatch`; CheckpointError `broken`.
 */
export function checkState(checkpoint: Pick<Checkpoint, "directory" | "state">, stage: StoredStage): StageState {
  const state = checkStageState(checkpoint, stage.identity);
  const before = stage.state();
  try {
    stage.restore(state.stage);
    if (stage.stepsDone !== state.step) throw new Error(`it counts ${state.step} steps, and its statistics ${stage.stepsDone}`);
  } catch (cause) {
    throw notState(checkpoint.directory, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    stage.restore(before);
  }
  return state;
}

/** @throws as `checkState`, and where tensors are of another model; nothing has changed then. */
export async function restoreStage(checkpoint: Checkpoint, stage: StoredStage): Promise<StageState> {
  const state = checkState(checkpoint, stage);
  await restoreTensors(checkpoint, state, stage.trained);
  stage.restore(state.stage);
  return state;
}
