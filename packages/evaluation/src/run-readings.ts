import { EvaluationError } from "./error.ts";

/** The numbers of a step by name, as `readMetrics` of @cai/run-log gives them. */
export interface StepNumbers {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What an audit reads of a step, whichever trainer logged it. */
export interface StepReading {
  readonly step: number;
  /** Mean of the training reward. */
  readonly proxy: number;
  /** Its standard deviation over the batch. */
  readonly spread?: number | undefined;
  /** Tokens an answer. */
  readonly length?: number | undefined;
  /** Nats an answer, and a token; not where the run has no reference. */
  readonly kl?: number | undefined;
  readonly klPerToken?: number | undefined;
  /** Share of the groups whose scores are all equal. */
  readonly equalGroups?: number | undefined;
  /** Means of the rewards that the training reward is made of, by name; where there are several. */
  readonly components: Readonly<Record<string, number>>;
}

/**
 * The readings of a run on scored answers: of `cai train` by any algorithm, or of TRL, whose names are the same. A number that was not finite
 * is as one that was not logged.
 *
 * @throws EvaluationError `bad-scores` where no step has a reward
 */
export function readingsOf(metrics: readonly StepNumbers[]): StepReading[] {
  const readings = metrics.flatMap(({ step, values }): StepReading[] => {
    const first = (...names: readonly string[]) => names.map((name) => values[name]).find((value) => Number.isFinite(value));
    const proxy = first("objective/scores", "reward");
    if (proxy === undefined) return [];
    const length = first("tokens/response_mean", "completions/mean_length");
    const klPerToken = first("objective/kl_per_token", "kl");
    return [
      {
        step,
        proxy,
        spread: first("objective/scores_std", "reward_std"),
        length,
        klPerToken,
        // The group trainers log it a token.
        kl: first("objective/kl") ?? (klPerToken !== undefined && length !== undefined ? klPerToken * length : undefined),
        equalGroups: first("frac_reward_zero_std"),
        components: componentsOf(values),
      },
    ];
  });
  if (readings.length > 0) return readings;
  throw new EvaluationError(
    "bad-scores",
    `none of ${metrics.length} steps has "objective/scores" or "reward": audit a run that was trained against a reward`,
  );
}

function componentsOf(values: Readonly<Record<string, number>>): Record<string, number> {
  const means = Object.entries(values).flatMap(([name, value]): [string, number][] => {
    const component = /^rewards\/(.+)\/mean$/.exec(name)?.[1];
    return component !== undefined && Number.isFinite(value) ? [[component, value]] : [];
  });
  return means.length > 1 ? Object.fromEntries(means) : {};
}
