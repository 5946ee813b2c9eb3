import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { holdsRows, type RowProgress } from "@cai/constitution";
import { checkWritable, refuseLockedFile } from "@cai/whole-file";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import type { RunDisplay } from "./run-display.ts";

interface RowOutput {
  /** The file that grows row by row, and with which `resume` goes on. */
  readonly rows: string;
  /** All files that the command writes, the one that the user named first. */
  readonly files: readonly string[];
  readonly resume: boolean;
}

/**
 * Refuses a file for rows before anything is loaded: one that can't be written to, one that another process is making, one that is there
 * unless it is to be gone on with, and, to go on with, one that nobody began.
 *
 * @throws CliError `usage`
 */
export const refuseUnfitFiles = ({ rows, files, resume }: RowOutput): Promise<void> =>
  readingInput(async () => {
    await checkWritable(dirname(rows));
    await refuseLockedFile(rows, CliError);
    if (!resume) for (const file of files) await refuseExisting(file);
    else if (!(await holdsRows(rows)))
      throw new CliError("usage", `there is no ${rows} to go on with: leave --resume out, or give the --out of what was stopped`);
  });

/** Only what is not there counts as none. */
async function refuseExisting(file: string): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  throw new CliError("usage", `${file} exists: give --resume to go on with it, or another --out`);
}

/**
 * Makes a file of rows, with a bar for its rows; a first Ctrl-C ends it where `--resume` goes on.
 *
 * @throws CliError `interrupted`; what the work throws
 */
export async function makingRows<Result>(
  { say, bar }: RunDisplay,
  work: (how: { readonly signal: AbortSignal; readonly onProgress: (progress: RowProgress) => void }) => Promise<Result>,
): Promise<Result> {
  let before: number | undefined;
  let since = performance.now();
  const onProgress = ({ done }: RowProgress) => {
    const now = performance.now();
    if (before !== undefined && done > before) bar?.show({ step: done, seconds: (now - since) / 1000 / (done - before), figures: {} });
    [before, since] = [done, now];
  };
  const ended = () => "within a batch: the same command with --resume goes on behind the last whole one";
  try {
    return await interruptible({ announce: say, ended }, (signal) => work({ signal, onProgress }));
  } finally {
    bar?.end();
  }
}
