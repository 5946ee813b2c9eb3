import fc from "fast-check";
import { keepInCorpus } from "./corpus.ts";
import { type FuzzTarget, readOne } from "./target.ts";

/**
 * Reads so many inputs, drawn by the seed. The first that goes wrong is made small, kept in the corpus and thrown.
 *
 * @param seconds after which no further input is drawn
 * @returns how many were read
 */
export async function fuzz(
  target: FuzzTarget,
  { count, seed, seconds = Number.POSITIVE_INFINITY }: { readonly count: number; readonly seed: number; readonly seconds?: number },
): Promise<number> {
  let read = 0;
  const property = fc.asyncProperty(target.inputs, async (input) => {
    read += 1;
    await readOne(target, input);
  });
  const limit = Number.isFinite(seconds) ? { interruptAfterTimeLimit: 1000 * seconds } : {};
  const result = await fc.check(property, { numRuns: count, seed, endOnFailure: false, maxSkipsPerRun: 0, ...limit });
  if (result.counterexample === null) return read;
  const [input] = result.counterexample;
  throw new Error(`${String(result.errorInstance)}\nkept as ${keepInCorpus(target.name, input)} (seed ${seed})`);
}
