import { count, countOrNone, type OptionTable } from "./option-table.ts";

/** How long a run is, what it draws, and when it looks at itself. */
export interface RunSettings {
  seed: number;
  /** The run's number of steps, those before a resume included. */
  steps: number;
  evaluateEvery: number;
  checkpointEvery: number;
  checkpointKeep: number;
  keepBest: string;
  maxFailedSteps: number;
}

export const runOptions: OptionTable<RunSettings> = {
  seed: { default: 0, integer: true, min: 0, max: 2 ** 32 - 1, describe: "seed of every random draw" },
  steps: { default: 100, ...count, describe: "steps of the whole run" },
  evaluateEvery: { default: 0, ...countOrNone, describe: "steps between evaluations on held-out data (0: never)" },
  checkpointEvery: { default: 10, ...countOrNone, describe: "steps between checkpoints (0: only at the end)" },
  checkpointKeep: { default: 3, ...count, describe: "newest checkpoints that are kept" },
  keepBest: {
    default: "",
    describe: "metric whose best step's checkpoint is kept too, highest, or lowest with :min behind it (empty: none)",
  },
  maxFailedSteps: {
    default: 3,
    ...count,
    describe: "steps in a row with a loss or gradient that is not finite, after which the run stops (1: at once)",
  },
};
