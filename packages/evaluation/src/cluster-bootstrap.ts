import { uniforms } from "@cai/random";
import { checkLevel } from "./check.ts";
import { EvaluationError } from "./error.ts";
import type { Interval } from "./wilson-interval.ts";

/** What is drawn again, and what is computed of it. */
export interface ClusterBootstrapOptions {
  /** How many clusters there are: prompts, each with all that was drawn for it. */
  readonly clusters: number;
  /** The figure of a sample: as many indices of clusters as there are, some of them several times. */
  readonly statistic: (drawn: Int32Array) => number;
  readonly seed: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * An interval of any figure of the prompts, by drawing them again with replacement: draws of one prompt stay together, since they depend on
 * each other. The ends are percentiles of the figure over the samples, between two of them on a line. The draws are functions of the seed.
 *
 * @throws EvaluationError `bad-option`; `bad-scores` where the figure of a sample is not finite
 * @example
 * const byPrompt = [1, 0.5, 0, 1, 1, 0, 0.5, 1];
 * const mean = (drawn) => drawn.reduce((sum, prompt) => sum + byPrompt[prompt], 0) / drawn.length;
 * const { low, high } = clusterBootstrap({ clusters: byPrompt.length, statistic: mean, seed: 7 });
 */
export function clusterBootstrap(options: ClusterBootstrapOptions): Interval {
  const { clusters, statistic, seed, resamples = 2000, level = 0.95 } = options;
  checkLevel(level);
  refuseNoCount("clusters", clusters);
  refuseNoCount("resamples", resamples);
  const figures = Array.from({ length: resamples }, (_, resample) => {
    const numbers = uniforms({ seed, stream: "cluster-bootstrap", counters: [resample], count: clusters });
    const figure = statistic(Int32Array.from(numbers, (number) => Math.floor(number * clusters)));
    if (!Number.isFinite(figure)) throw new EvaluationError("bad-scores", `the figure of a sample is ${figure}: expected a finite number`);
    return figure;
  }).sort((a, b) => a - b);
  return { low: percentile(figures, (1 - level) / 2), high: percentile(figures, (1 + level) / 2) };
}

/** Of sorted numbers; 0 gives the first, 1 the last. */
function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

function refuseNoCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new EvaluationError("bad-option", `${name} is ${count}: pass a whole number from 1 on`);
}
