import { CaiError } from "@cai/contracts";
import { CommanderError } from "commander";
import { CliError } from "./error.ts";
import { type EndingSignal, exitCodeAfter } from "./first-signal.ts";

const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Codes of errors that are thrown before anything is written. */
const refusals = new Set([
  ...["invalid-option", "invalid-prompts", "invalid-completions", "run-exists", "checkpoint-mismatch", "cannot-read"],
  ...["no-run", "no-checkpoint", "options-changed", "locked", "cannot-lock"],
  ...["file-exists", "bad-constitution", "bad-config", "bad-manifest", "pipeline-exists", "no-folder", "port"],
]);

/** The process's exit code after this error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (CliError.isInstance(error)) {
    if (error.code === "interrupted") return exitCodeAfter(error.cause as EndingSignal);
    return error.code === "stray" || error.code === "differs" ? exitCodes.failed : exitCodes.usage;
  }
  return CaiError.isInstance(error) && refusals.has(error.code) ? exitCodes.usage : exitCodes.failed;
}

/**
 * Runs what only reads the user's input. Errors that packages and the file system throw on purpose then count as wrong input.
 *
 * @throws CliError `usage`
 */
export async function readingInput<Result>(read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (CaiError.isInstance(error) || isSystemError(error)) throw new CliError("usage", error.message, { cause: error });
    throw error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && "errno" in error && "syscall" in error;
