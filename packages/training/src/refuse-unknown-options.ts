import { describeUnknownOption } from "@cai/contracts/unknown-option";
import { TrainingError } from "./error.ts";

/**
 * Refuses an options object with a name that is none of `known`, and tells the nearest one; `undefined` counts as not given.
 *
 * @param elsewhere names that are options too, by the place that takes them.
 * @throws TrainingError `invalid-option`.
 */
export function refuseUnknownOptions(
  options: object,
  known: readonly string[],
  elsewhere: Readonly<Record<string, readonly string[]>> = {},
): void {
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined || known.includes(name) ? [] : [name]));
  for (const [place, names] of Object.entries(elsewhere)) {
    const misplaced = given.find((name) => names.includes(name));
    if (misplaced !== undefined) throw new TrainingError("invalid-option", `${misplaced} is an option of ${place}: give it there`);
  }
  const message = describeUnknownOption(options, known);
  if (message !== undefined) throw new TrainingError("invalid-option", message);
}
