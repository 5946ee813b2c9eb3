import type { Command } from "commander";
import { CliError } from "./error.ts";
import { addGroup, helpGroups } from "./help-groups.ts";
import { checkRedis, defaultRowsPerJob, readCount, redisForms, rowsPerJobOf } from "./worker-flags.ts";

/** Who answers a command's questions, as far as it is told. */
export interface LabelWorkersSettings {
  /** The Redis of the workers; absent where they are answered here. */
  readonly workers: string | undefined;
  /** Questions asked at once, and rows that the model reads a pass, where they are asked in slices. */
  readonly rowsPerJob: number | undefined;
}

/** The names whose values are text. */
export const labelWorkersTexts = ["workers"] as const;
/** All names. */
export const labelWorkersNames = [...labelWorkersTexts, "rowsPerJob"] as const;

/**
 * Adds `--workers` and `--rows-per-job`.
 *
 * @param does for the help: what workers do
 */
export function addLabelWorkersFlags(command: Command, does: string): Command {
  return addGroup(command, helpGroups.workers, (grouped) =>
    grouped
      .option("--workers <URL>", `let workers ${does} (cai worker --roles label): ${redisForms}`)
      .option(
        "--rows-per-job <N>",
        `questions asked at once: with as many, one machine gives the workers' bytes (with workers ${defaultRowsPerJob})`,
        readCount,
      ),
  );
}

/** @throws CliError `usage`; a configuration file may hold anything. */
export function resolveLabelWorkers(given: Readonly<Record<string, unknown>>): LabelWorkersSettings {
  const workers = given.workers === undefined ? undefined : checkRedis(given.workers as string);
  if (workers !== undefined && given.feedbackCache !== undefined)
    throw new CliError("usage", "--feedback-cache is for who asks the endpoint, and that is the workers: give it to cai worker");
  return { workers, rowsPerJob: rowsPerJobOf(given.rowsPerJob, workers === undefined ? undefined : defaultRowsPerJob) };
}
