import { isLockHeld, type LockErrorClass, type OwnerLock, takeLock } from "#owner-lock";
import { join } from "#system";

/** The file in a folder that says which process works in it. */
export const lockName = "run.lock";

/**
 * Takes a folder, which is made where it is missing, for this process alone. What a crash or a power cut left behind counts for nothing: an
 * owner that is no longer there, or whose number another process has, is known by the system's start and its own.
 *
 * @throws `locked`, with the owner's number, host and time, and what to do; `cannot-lock` where nothing can be written there.
 * @example
 * class RunError extends CaiError {}
 * const lock = await lockFolder("runs/first", RunError);
 * await lock.release();
 */
export const lockFolder = (folder: string, FileError: LockErrorClass): Promise<OwnerLock> =>
  takeLock({ kind: "folder", taken: folder, path: join(folder, lockName) }, FileError);

/** Whether a process has a folder for itself, and is still there. One that can't be looked at counts as free. */
export const isLocked = (folder: string): Promise<boolean> => isLockHeld(join(folder, lockName)).catch(() => false);
