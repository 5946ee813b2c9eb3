import { CheckpointError } from "./error.ts";

/** What a name is that holds no file of a checkpoint, and what a disk says whose bytes are gone. Anything else may be there and whole. */
const gone = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "EIO"]);

/**
 * Tells what can't be read now from what is broken: the former must not be passed over.
 *
 * @throws CheckpointError `cannot-read`
 */
export function refuseUnreadable(path: string, cause: unknown): void {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || gone.has(code)) return;
  throw cannotRead(path, cause as NodeJS.ErrnoException);
}

/** What is to be done about it depends on why. */
export function cannotRead(path: string, cause: NodeJS.ErrnoException): CheckpointError {
  const denied = cause.code === "EACCES" || cause.code === "EPERM";
  const advice = denied ? "run as the user who owns it, or give back the right to read it" : "mend that, then start again";
  return new CheckpointError("cannot-read", `${path} can't be read (${cause.code}): ${advice}; nothing was changed`, { cause });
}
