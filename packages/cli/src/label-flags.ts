import type { Command } from "commander";
import { CliError } from "./error.ts";
import { addGroup, helpGroups } from "./help-groups.ts";
import { flagName } from "./option-flags.ts";
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

/** The flags, as commander gives them. */
export type LabelWorkersFlags = { readonly workers?: string; readonly rowsPerJob?: number };

/**
 * The same beside a pipeline's file, in which the model that is asked stands.
 *
 * @throws CliError `usage` where no model is named there: the policy judges then, in the process that has it.
 */
export function resolvePipelineWorkers(
  flags: { readonly workers: string | undefined; readonly rowsPerJob: number | undefined },
  { feedback, feedbackCache }: { readonly feedback?: string | undefined; readonly feedbackCache?: string | undefined },
): LabelWorkersSettings {
  const asked = Object.entries(flags).find(([, value]) => value !== undefined)?.[0];
  if (asked !== undefined && feedback === undefined)
    throw new CliError(
      "usage",
      `--${flagName(asked)} is for the model that the file names as "feedback", and it names none: give one there, if it be the policy`,
    );
  return resolveLabelWorkers({ ...flags, feedbackCache });
}

/** @throws CliError `usage`; a configuration file may hold anything. */
export function resolveLabelWorkers(given: Readonly<Record<string, unknown>>): LabelWorkersSettings {
  const workers = given.workers === undefined ? undefined : checkRedis(given.workers as string);
  if (workers !== undefined && given.feedbackCache !== undefined)
    throw new CliError("usage", "--feedback-cache is for who asks the endpoint, and that is the workers: give it to cai worker");
  return { workers, rowsPerJob: rowsPerJobOf(given.rowsPerJob, workers === undefined ? undefined : defaultRowsPerJob) };
}
