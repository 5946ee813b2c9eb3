import { refuseExistingRun } from "@cai/run-log";
import { lockName } from "@cai/whole-file";
import { readdir } from "@cai/whole-file/system";
import { TrainingError } from "./error.ts";

/** How a run treats what its folder holds. */
export interface FolderUse {
  /** Go on with the run that the folder holds. */
  readonly resume?: boolean;
  /** Start over where the folder holds a run. */
  readonly overwrite?: boolean;
}

/**
 * Refuses a folder that a run can't go to, before anything is loaded: one that holds something, unless it is a run that is to go on or to be
 * overwritten; to go on, one that holds none.
 *
 * @throws RunLogError `run-exists`; TrainingError `no-run`, `invalid-option`.
 */
export async function refuseUnfitFolder(out: string, { resume = false, overwrite = false }: FolderUse): Promise<void> {
  if (resume && overwrite)
    throw new TrainingError("invalid-option", "resume goes on with a run and overwrite starts it over: give one of them");
  if (!resume && !overwrite) return refuseExistingRun(out);
  const names = await namesIn(out);
  if (names.some(isOfRun)) return;
  if (resume)
    throw new TrainingError("no-run", `${out} holds no run to go on with: give the folder of one, or leave resume out to start one there`);
  if (names.length > 0)
    throw new TrainingError(
      "no-run",
      `${out} holds something else than a run (${names[0]}), which is not overwritten: name another folder`,
    );
}

/** Whether a run was begun in the folder, also one that was stopped in its first step. */
export async function holdsRun(out: string): Promise<boolean> {
  return (await namesIn(out)).some(isOfRun);
}

const isOfRun = (name: string): boolean => name === "metrics.jsonl" || name === "checkpoints" || name.startsWith(lockName);

async function namesIn(out: string): Promise<string[]> {
  return readdir(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw new TrainingError("no-run", `${out} can't be read (${cause.code}): name another folder, or mend that`, { cause });
  });
}
