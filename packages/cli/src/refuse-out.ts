import { type FolderUse, refuseUnfitFolder } from "@cai/training";
import { checkWritable, lockFolder } from "@cai/whole-file";
import { CliError } from "./error.ts";
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

/**
 * Does work whose results go to a folder that holds nothing yet, or to none, while no other process may write there.
 *
 * @throws CliError `usage`, before the work begins; what the work throws
 */
export async function inFolderOfItsOwn<Result>(out: string | undefined, work: () => Promise<Result>): Promise<Result> {
  if (out === undefined) return work();
  await refuseOut(out);
  const lock = await readingInput(() => lockFolder(out, CliError));
  try {
    await refuseOut(out); // it may have changed while the lock was another's
    return await work();
  } finally {
    await lock.release();
  }
}
