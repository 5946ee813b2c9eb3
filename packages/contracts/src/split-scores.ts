import type { GivenScores } from "./reward-model.ts";

/**
 * What a reward function gave, as scores and their parts by name; nothing of it is checked. Without scores of their own, the parts' sums.
 *
 * @example
 * const { scores } = splitScores({ parts: { warm: [1, 2], short: [0.5, 0] } });
 * console.log(Array.from(scores).join()); // 1.5,2
 */
export function splitScores(given: GivenScores): {
  readonly scores: ArrayLike<number>;
  readonly parts: Readonly<Record<string, ArrayLike<number>>>;
} {
  const named = (given as Extract<GivenScores, { readonly parts: unknown }> | null | undefined)?.parts;
  if (typeof named !== "object" || named === null) return { scores: given as ArrayLike<number>, parts: {} };
  const { scores, parts } = given as Extract<GivenScores, { readonly parts: unknown }>;
  const columns = Object.values(parts);
  const rows = columns[0]?.length ?? 0;
  const sums = () => Array.from({ length: rows }, (_, row) => columns.reduce((sum, column) => sum + (column?.[row] ?? Number.NaN), 0));
  return { scores: scores ?? sums(), parts };
}
