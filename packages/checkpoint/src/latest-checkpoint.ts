import { join, readdir, readFile } from "@cai/whole-file/system";
import { stepOf } from "./checkpoint-names.ts";
import { CheckpointError } from "./error.ts";
import { type Checkpoint, readCheckpoint } from "./read-checkpoint.ts";
import { cannotRead } from "./refuse-unreadable.ts";

/** The newest complete checkpoint of a folder, and what was passed over on the way to it. */
export interface LatestCheckpoint {
  /** Verified; undefined where there is no complete one. */
  readonly checkpoint: Checkpoint | undefined;
  /** One sentence for each broken checkpoint that was newer, to show to the user. Empty when all is well. */
  readonly skipped: readonly string[];
}

/**
 * The checkpoint that `latest` names or, where that is missing or broken, the newest complete one. Only a folder that is not there counts as
 * empty.
 *
 * @param accept looks at a whole checkpoint before it is taken; where it throws a CheckpointError, an earlier one is looked for.
 * @throws CheckpointError `cannot-read` where the system refuses to read what may be there; what else `accept` throws.
 * @example
 * const { checkpoint, skipped } = await latestCheckpoint("runs/first/checkpoints");
 * for (const reason of skipped) console.warn(reason);
 * if (checkpoint === undefined) console.log("no checkpoint yet");
 */
export async function latestCheckpoint(folder: string, accept: (checkpoint: Checkpoint) => void = () => {}): Promise<LatestCheckpoint> {
  const absent = (path: string) => (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw cannotRead(path, error);
  };
  const entries = await readdir(folder).catch(absent(folder));
  const pointer = join(folder, "latest");
  const named = entries?.includes("latest") ? await readFile(pointer, "utf8").catch(absent(pointer)) : undefined;
  const skipped: string[] = [];
  for (const name of candidates(named?.trim(), entries ?? [])) {
    try {
      const checkpoint = await readCheckpoint(join(folder, name));
      accept(checkpoint);
      return { checkpoint, skipped };
    } catch (error) {
      if (!CheckpointError.isInstance(error) || error.code === "cannot-read") throw error;
      skipped.push(error.message);
    }
  }
  return { checkpoint: undefined, skipped };
}

/** The one that `latest` names first (as it is, or as it stood while it was being replaced), then by step, newest first. */
function candidates(named: string | undefined, entries: readonly string[]): string[] {
  const rank = (name: string): number => (named !== undefined && stepOf(name) === stepOf(named) ? Number.POSITIVE_INFINITY : stepOf(name)!);
  return entries.filter((name) => stepOf(name) !== undefined).sort((a, b) => compare(rank(b), rank(a)) || compare(a.length, b.length));
}

const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
