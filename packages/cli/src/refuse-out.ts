import { refuseExistingRun } from "@cai/run-log";
import { checkWritable } from "@cai/whole-file";
import { readingInput } from "./exit-codes.ts";

/**
 * Refuses a folder for results before anything is loaded: one that holds a run, unless that goes on, and one that can't be written to.
 *
 * @throws CliError `usage`
 */
export const refuseOut = (out: string, { resume = false }: { readonly resume?: boolean } = {}): Promise<void> =>
  readingInput(async () => {
    await checkWritable(out);
    if (!resume) await refuseExistingRun(out);
  });
