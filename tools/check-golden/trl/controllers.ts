import { adaptiveKlController } from "@cai/kl";
import { RunningMoments } from "@cai/rollouts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { tolerances } from "../tolerances.ts";

export interface AdaptiveKlCase {
  readonly params: Readonly<Record<"beta0" | "target" | "horizon" | "n", number>>;
  readonly observedKl: readonly number[];
  readonly beta: readonly number[];
}

/** One update of the running moments, and what they are after it. */
export interface MomentsUpdate {
  readonly scores: readonly number[];
  readonly batchMean: number;
  readonly batchStd: number;
  readonly mean: number;
  readonly std: number;
  readonly var: number;
  readonly count: number;
}

export function compareAdaptiveKl({ params, observedKl, beta }: AdaptiveKlCase): Comparison[] {
  const { beta0: coefficient, target, horizon, n: samples } = params;
  const controller = adaptiveKlController({ coefficient, target, horizon });
  const computed = observedKl.map((kl) => {
    controller.update({ kl, samples });
    return controller.coefficient;
  });
  return [compareNumbers("beta", computed, beta, tolerances.trl)];
}

export function compareRunningMoments(updates: readonly MomentsUpdate[]): Comparison[] {
  const running = new RunningMoments();
  return updates.flatMap((expected, index) => {
    running.update(expected.scores);
    const batch = new RunningMoments();
    batch.update(expected.scores);
    const { mean, variance, count } = running.state();
    const computed = { batchMean: batch.mean, batchStd: batch.std, mean, std: running.std, var: variance, count };
    return Object.entries(computed).map(([name, number]) =>
      compareNumbers(`${name} after update ${index + 1}`, number, expected[name as keyof typeof computed], tolerances.trl),
    );
  });
}
