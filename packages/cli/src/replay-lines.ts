import type { Replay } from "./replay-run.ts";

const mostNumbers = 5;

/** What became of a replay, for people. */
export function replayLines(directory: string, { equal, steps, isFinished, firstDifference, files, changed }: Replay): string[] {
  const counted = `${steps} ${steps === 1 ? "step" : "steps"}`;
  const notes = Object.entries(changed).map(([name, [was, is]]) => `  not as it was: ${name}, ${was} then, ${is} now`);
  if (equal)
    return [
      `${directory} came out the same: ${counted} made again, every number of each${isFinished ? ", the samples and the final model" : ""}.`,
      ...notes,
    ];
  if (firstDifference === undefined)
    return [`${directory}: the numbers of ${counted} are the same, but not ${files.join(", ")}.`, ...notes];
  const { step, numbers } = firstDifference;
  const shown = numbers.slice(0, mostNumbers).map(({ name, was, is }) => `  ${name}: ${was} then, ${is} now`);
  const more = numbers.length > mostNumbers ? [`  and ${numbers.length - mostNumbers} more`] : [];
  const cause = notes.length > 0 ? notes : ["  machine, backend, versions, models and data are as they were"];
  return [`${directory} parts at step ${step}, after ${counted} that came out the same:`, ...shown, ...more, ...cause];
}
