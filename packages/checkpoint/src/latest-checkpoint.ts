import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stepOf } from "./checkpoint-names.ts";
import { CheckpointError } from "./error.ts";
import { type Checkpoint, readCheckpoint } from "./read-checkpoint.ts";

/** The newest complete checkpoint of a folder, and what was passed over on the way to it. */
export interface LatestCheckpoint {
  /** Verified; undefined where there is no complete one. */
  readonly checkpoint: Checkpoint | undefined;
  /** One sentence for each broken checkpoint that was newer, to show to the user. Empty when all is well. */
  readonly skipped: readonly string[];
}

/**
 * The checkpoint that `latest` names or, where that is missing or broken, the newest complete one.
 *
 * @example
 * const { checkpoint, skipped } = await latestCheckpoint("runs/first/checkpoints");
 * for (const reason of skipped) console.warn(reason);
 * if (checkpoint === undefined) console.log("nothing to resume: starting over");
 */
export async function latestCheckpoint(folder: string): Promise<LatestCheckpoint> {
  const named = await readFile(join(folder, "latest"), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  const skipped: string[] = [];
  for (const name of candidates(named, await readdir(folder).catch(() => []))) {
    try {
      return { checkpoint: await readCheckpoint(join(folder, name)), skipped };
    } catch (error) {
      if (!CheckpointError.isInstance(error)) throw error;
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
