import { type LockErrorClass, type LockPlace, type OwnerLock, refuseHeld, takeLock } from "#owner-lock";

/**
 * Where the lock of a file stands: beside it.
 *
 * @example
 * fileLockPath("runs/pairs.jsonl"); // runs/pairs.jsonl.lock
 */
export const fileLockPath = (file: string): string => `${file}.lock`;

/**
 * Takes a file that is to be written for this process alone, as `lockFolder` takes a folder. The file need not be there yet; its folder is made
 * where it is missing.
 *
 * @throws `locked`, with the owner's number, host and time, and what to do; `cannot-lock` where nothing can be written there.
 * @example
 * class RowsError extends CaiError {}
 * const lock = await lockFile("runs/pairs.jsonl", RowsError);
 * await lock.release();
 */
export const lockFile = (file: string, FileError: LockErrorClass): Promise<OwnerLock> => takeLock(placeOf(file), FileError);

/**
 * Refuses a file that another process, or this one, has by `lockFile`, before anything is loaded. Nothing is taken.
 *
 * @throws `locked`; `cannot-lock` where the lock can't be read.
 * @example
 * class RowsError extends CaiError {}
 * await refuseLockedFile("runs/pairs.jsonl", RowsError);
 */
export const refuseLockedFile = (file: string, FileError: LockErrorClass): Promise<void> => refuseHeld(placeOf(file), FileError);

const placeOf = (file: string): LockPlace => ({ kind: "file", taken: file, path: fileLockPath(file) });
