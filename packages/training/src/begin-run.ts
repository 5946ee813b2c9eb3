import { checkpointName, latestCheckpoint } from "@cai/checkpoint";
import { readMetrics } from "@cai/run-log";
import { isTemporary, lockFolder } from "@cai/whole-file";
import { basename, join, readdir, rm } from "@cai/whole-file/system";
import { notState } from "./check-state.ts";
import { TrainingError } from "./error.ts";
import { type FolderUse, refuseUnfitFolder } from "./fit-folder.ts";
import { checkState, restoreStage, type StoredStage } from "./restore-stage.ts";
import { RunFolder } from "./run-folder.ts";
import { noStreaks, type StepStreaks } from "./run-guards.ts";
import type { Json, StepReport } from "./stage.ts";
import { type ConfigChange, compareConfig, type RunConfig } from "./stored-config.ts";
import { restoreMetrics } from "./stored-metrics.ts";

/** A run that may begin. */
export interface BegunRun {
  readonly folder: RunFolder;
  /** A step that was made before the run was stopped, and is in no log yet. */
  readonly unrecorded: StepReport | undefined;
  /** Of the steps that were made so far. */
  readonly streaks: StepStreaks;
}

interface Found extends Pick<BegunRun, "unrecorded" | "streaks"> {
  readonly changes: readonly ConfigChange[];
}

const nothingFound: Found = { changes: [], unrecorded: undefined, streaks: noStreaks };

/**
 * Takes a run's folder for this process, and puts the stage where the run left it. Beside the lock nothing is written, and of what is there
 * nothing changes but for what a killed process left half written.
 *
 * @param own names of the run's own options.
 * @throws RunLogError `run-exists`; CheckpointError; TrainingError for a folder that is in use, or a run that can't go on.
 */
export async function beginRun(
  stage: StoredStage,
  {
    out,
    config,
    own,
    resume = false,
    overwrite = false,
    allowChanges = false,
    notice,
  }: FolderUse & {
    readonly out: string;
    readonly config: RunConfig;
    readonly own: readonly string[];
    readonly allowChanges?: boolean;
    readonly notice: (message: string) => void;
  },
): Promise<BegunRun> {
  await refuseUnfitFolder(out, { resume, overwrite });
  const lock = await lockFolder(out, TrainingError);
  try {
    await refuseUnfitFolder(out, { resume, overwrite }); // it may have changed while the lock was another's
    const compare = (afterStep: number) => compareConfig(out, config, { own, afterStep, allowChanges, notice });
    const { changes, ...found } = resume ? await restoreLatest(stage, out, { compare, notice }) : nothingFound;
    for (const name of await readdir(out)) if (isTemporary(name)) await rm(join(out, name), { recursive: true, force: true });
    const told = { ...config, ...(changes.length > 0 && { changes: changes as unknown as Json }) };
    return { folder: new RunFolder({ directory: out, config: told, use: { resume, overwrite }, lock }), ...found };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function restoreLatest(
  stage: StoredStage,
  out: string,
  how: { readonly compare: (afterStep: number) => Promise<readonly ConfigChange[]>; readonly notice: (message: string) => void },
): Promise<Found> {
  let step = 0;
  const { checkpoint, skipped } = await latestCheckpoint(join(out, "checkpoints"), (candidate) => {
    ({ step } = checkState(candidate, stage));
    if (checkpointName(step) !== basename(candidate.directory).replace(/~$/, ""))
      throw notState(candidate.directory, `it is of step ${step}`);
  });
  if (checkpoint === undefined) {
    await refuseLostCheckpoints(out, skipped);
    how.notice(`the run at ${out} was stopped before its first checkpoint: it starts again from step 1`);
    return nothingFound;
  }
  for (const reason of skipped) how.notice(reason);
  if (skipped.length > 0) how.notice(`going on from ${basename(checkpoint.directory)}`);
  const changes = await how.compare(step);
  const { unrecorded, streaks = noStreaks } = await restoreStage(checkpoint, stage);
  return { changes, streaks, unrecorded: unrecorded && { ...unrecorded, metrics: restoreMetrics(unrecorded.metrics) } };
}

/** Steps that were logged, with nothing to go on from, are lost only if their owner says so. */
async function refuseLostCheckpoints(out: string, broken: readonly string[]): Promise<void> {
  const advice = "give resume the folder as it was (from a copy, say), or start the run over (overwrite, --overwrite)";
  if (broken.length > 0)
    throw new TrainingError(
      "no-checkpoint",
      `no checkpoint of the run at ${out} is whole. ${broken[0]} Or: ${advice}; nothing was changed`,
    );
  const hasFolder = (await readdir(out)).includes("checkpoints");
  const steps = (await readMetrics(out)).length;
  if (!hasFolder && steps > 0)
    throw new TrainingError(
      "no-checkpoint",
      `the run at ${out} logged ${steps} ${steps === 1 ? "step" : "steps"}, and its checkpoints are gone: ${advice}; nothing was changed`,
    );
}
