import type { ReadRow } from "@cai/data";
import { RolloutError } from "@cai/rollouts";
import { CliError } from "./error.ts";

/**
 * Runs work on rows that were read from files; where it refuses one, the error names its file and line.
 *
 * @throws CliError `usage`
 */
export async function namingLines<Result>(rows: readonly ReadRow<unknown>[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const refused = RolloutError.isInstance(error) && error.row !== undefined ? rows.find(({ row }) => row === error.row) : undefined;
    if (refused === undefined) throw error;
    throw new CliError("usage", `${refused.where}: ${((error as Error).cause as Error).message}`, { cause: error });
  }
}
