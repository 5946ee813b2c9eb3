import { access } from "node:fs/promises";
import type { RowProgress } from "@cai/constitution";
import { CliError } from "./error.ts";
import { interruptible } from "./interrupt.ts";
import type { RunDisplay } from "./run-display.ts";

/** @throws CliError `usage` where one of the files is there, and the command was not told to go on with it */
export async function refuseExistingFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) throw new CliError("usage", `${file} exists: give --resume to go on with it, or another --out`);
  }
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
