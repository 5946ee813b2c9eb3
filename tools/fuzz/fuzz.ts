import fc from "fast-check";
import { keepInCorpus } from "./corpus.ts";
import { type FuzzTarget, readOne } from "./target.ts";

/**
 * Reads so many inputs, drawn by the seed. The first that goes wrong is made small, kept in the corpus and thrown.
 *
 * @returns how many there were, and how many of them were refused
 */
export async function fuzz(
  target: FuzzTarget,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<{ readonly inputs: number; readonly refused: number }> {
  let inputs = 0;
  let refused = 0;
  const property = fc.asyncProperty(target.inputs, async (input) => {
    inputs += 1;
    if ((await readOne(target, input)) === "refused") refused += 1;
  });
  const result = await fc.check(property, { numRuns: count, seed });
  if (result.counterexample === null) return { inputs, refused };
  const [input] = result.counterexample;
  throw new Error(`${String(result.errorInstance)}\nkept as ${keepInCorpus(target.name, input)} (seed ${seed})`);
}
