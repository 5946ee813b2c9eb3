import { DistributedError } from "./error.ts";

/**
 * How many steps old weights may be that draw responses, as the option says, or 0.
 *
 * @throws DistributedError `bad-option`
 */
export function checkStaleness(staleness = 0): number {
  if (Number.isSafeInteger(staleness) && staleness >= 0) return staleness;
  throw new DistributedError("bad-option", `staleness is ${staleness}: give a whole number of steps, 0 for none`);
}

/**
 * How old the weights were that drew a step's slices, in steps: 0 where they stood right before the step.
 *
 * @param drawnAfter for each slice the number of the step after which its weights stood.
 */
export function stalenessMetrics(step: number, drawnAfter: readonly number[]): Readonly<Record<string, number>> {
  const ages = drawnAfter.map((after) => step - 1 - after);
  return {
    "workers/staleness_mean": ages.reduce((sum, age) => sum + age, 0) / ages.length,
    "workers/staleness_max": Math.max(...ages),
  };
}
