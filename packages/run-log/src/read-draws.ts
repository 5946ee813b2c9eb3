import { join } from "@cai/whole-file/system";
import { RunLogError } from "./error.ts";
import { readLines } from "./json-lines.ts";

/** In a run's folder, where its responses may be drawn with older weights. */
export const drawsFile = "draws.jsonl";

/**
 * Which weights drew the responses of each step: for each slice of them the number of the step after which the weights stood, 0: before the first.
 * Empty where nothing was logged. An unfinished last line is passed over.
 *
 * @throws RunLogError `bad-draws` for a line that holds no such numbers
 * @example
 * for (const [step, drawnAfter] of await readDraws("runs/first")) console.log(step, drawnAfter.join());
 */
export async function readDraws(directory: string): Promise<ReadonlyMap<number, readonly number[]>> {
  const path = join(directory, drawsFile);
  const lines = await readLines(path);
  return new Map(
    lines.map(({ step, drawnAfter }) => {
      if (!Array.isArray(drawnAfter) || !drawnAfter.every((after) => Number.isSafeInteger(after) && after >= 0 && after < step))
        throw new RunLogError(
          "bad-draws",
          `${path}: step ${step} holds ${JSON.stringify(drawnAfter)}; expected numbers of steps before it`,
        );
      return [step, drawnAfter as number[]];
    }),
  );
}
