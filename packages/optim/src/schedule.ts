import { checkNumbers } from "./check-number.ts";
import { OptimError } from "./error.ts";

/** How the learning rate goes on after the warm-up. */
export type Schedule = "constant" | "linear" | "cosine";

/**
 * The learning rate of an update. It rises in equal steps to `base` over `warmupSteps` updates (the first is already above 0), then
 * stays (`constant`), falls in a line (`linear`) or along half a cosine (`cosine`) to `minimum`, reached at `totalSteps`.
 *
 * `step` counts from 0. Beyond `totalSteps` it is `minimum`, for `constant` `base`.
 *
 * @throws OptimError `bad-option`.
 * @example
 * learningRateAt({ schedule: "linear", base: 1e-5, step: 50, totalSteps: 100 }); // 5e-6
 */
export function learningRateAt({
  schedule,
  base,
  step,
  totalSteps,
  warmupSteps = 0,
  minimum = 0,
}: {
  readonly schedule: Schedule;
  readonly base: number;
  readonly step: number;
  readonly totalSteps: number;
  readonly warmupSteps?: number;
  readonly minimum?: number;
}): number {
  checkNumbers({ base, step, totalSteps, warmupSteps, minimum });
  if (step < warmupSteps) return (base * (step + 1)) / (warmupSteps + 1);
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  switch (schedule) {
    case "constant":
      return base;
    case "linear":
      return minimum + (base - minimum) * (1 - progress);
    case "cosine":
      return minimum + (base - minimum) * 0.5 * (1 + Math.cos(Math.PI * progress));
    default:
      throw new OptimError("bad-option", `schedule is ${schedule}: pass constant, linear or cosine.`);
  }
}
