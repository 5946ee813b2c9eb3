import { type FolderUse, refuseUnfitFolder } from "@cai/training";
import { checkWritable } from "@cai/whole-file";
import { readingInput } from "./exit-codes.ts";

/**
 * Refuses a folder for results before anything is loaded: one that a run can't go to, and one that can't be written to.
 *
 * @throws CliError `usage`
 */
export const refuseOut = (out: string, use: FolderUse = {}): Promise<void> =>
  readingInput(async () => {
    await checkWritable(out);
    await refuseUnfitFolder(out, use);
  });
