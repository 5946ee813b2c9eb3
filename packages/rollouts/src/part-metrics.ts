import { deviation, mean } from "./array-moments.ts";

/**
 * Mean and deviation of each part of the scores, under TRL's names for several rewards: `rewards/NAME/mean`, `rewards/NAME/std`.
 *
 * @example
 * console.log(partMetrics({ warm: Float32Array.of(1, 3) })["rewards/warm/mean"]); // 2
 */
export function partMetrics(parts: Readonly<Record<string, Float32Array>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, scores]) => [
      [`rewards/${name}/mean`, mean(scores)],
      [`rewards/${name}/std`, deviation(scores)],
    ]),
  );
}
