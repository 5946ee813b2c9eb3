import { formatPythonJson } from "./format-python-json.ts";
import type { LabelledCompletion } from "./read-completions.ts";
import type { PairRow } from "./read-pairs.ts";

/** A pair made of two labelled completions. */
export interface CompletionPair {
  readonly pair: PairRow;
  /** Place of the chosen completion in what was given. */
  readonly chosen: number;
  /** Place of the rejected one. */
  readonly rejected: number;
}

/**
 * Pairs of the completions that a prompt has: one labelled true is chosen, one labelled false rejected. Prompts come in the order in which they
 * are first met. The same prompt with other tools, documents or variables for its template is another prompt.
 *
 * @param options.pairsPerPrompt at most; the first of them use every completion alike, Infinity gives each true one with each false one.
 * Default: as many as it takes for each completion to be in one.
 * @returns with `unpaired`, the places of completions whose prompt has none of the other label.
 * @example
 * const prompt = "2 + 2 =";
 * const { pairs, unpaired } = pairsOfCompletions([
 *   { prompt, completion: " 4", label: true },
 *   { prompt, completion: " 5", label: false },
 *   { prompt: "2 + 3 =", completion: " 5", label: true },
 * ]);
 * console.log(pairs[0]?.pair); // { prompt: '2 + 2 =', chosen: ' 4', rejected: ' 5' }
 * console.log(unpaired); // [ 2 ]
 */
export function pairsOfCompletions(
  completions: readonly LabelledCompletion[],
  { pairsPerPrompt }: { readonly pairsPerPrompt?: number } = {},
): { readonly pairs: readonly CompletionPair[]; readonly unpaired: readonly number[] } {
  const pairs: CompletionPair[] = [];
  const unpaired: number[] = [];
  for (const places of byPrompt(completions)) {
    const good = places.filter((place) => completions[place]!.label);
    const bad = places.filter((place) => !completions[place]!.label);
    if (good.length === 0 || bad.length === 0) unpaired.push(...places);
    const count = Math.min(good.length * bad.length, pairsPerPrompt ?? Math.max(good.length, bad.length));
    for (let pair = 0; pair < count; pair++) {
      // Round both lists; where they meet as they have met before, the second goes one further.
      const chosen = good[pair % good.length]!;
      const rejected = bad[(pair + Math.floor(pair / leastCommonMultiple(good.length, bad.length))) % bad.length]!;
      pairs.push({ pair: pairOf(completions[chosen]!, completions[rejected]!), chosen, rejected });
    }
  }
  return { pairs, unpaired: unpaired.toSorted((a, b) => a - b) };
}

function byPrompt(completions: readonly LabelledCompletion[]): Iterable<readonly number[]> {
  const places = new Map<string, number[]>();
  completions.forEach(({ completion: _, label: __, ...prompt }, place) => {
    const key = formatPythonJson(Object.fromEntries(Object.entries(prompt).toSorted(([a], [b]) => (a < b ? -1 : 1))));
    const known = places.get(key);
    if (known) known.push(place);
    else places.set(key, [place]);
  });
  return places.values();
}

function pairOf({ completion: chosen, label: _, ...prompt }: LabelledCompletion, { completion: rejected }: LabelledCompletion): PairRow {
  return { ...prompt, chosen, rejected } as PairRow; // of one prompt, and so of one kind
}

function leastCommonMultiple(a: number, b: number): number {
  let [greater, less] = [a, b];
  while (less > 0) [greater, less] = [less, greater % less];
  return (a * b) / greater;
}
