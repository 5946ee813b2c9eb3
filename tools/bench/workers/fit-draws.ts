import type { DrawCosts } from "./measured-costs.ts";

/** Calls of so many rows that drew one token a row, and more. */
export interface MeasuredDraw {
  readonly rows: number;
  readonly tokens: number;
  readonly oneTokenSeconds: number;
  readonly seconds: number;
}

/**
 * The costs that fit measured calls best, each call's distance taken as a share of it; and the largest share that is left.
 */
export function fitDraws(draws: readonly MeasuredDraw[]): DrawCosts & { readonly worstFit: number } {
  const first = fitLine(draws.map(({ rows, oneTokenSeconds }) => [rows, oneTokenSeconds]));
  const later = fitLine(draws.map(({ rows, tokens, seconds, oneTokenSeconds }) => [rows, (seconds - oneTokenSeconds) / (tokens - 1)]));
  const costs = { call: first.offset - later.offset, row: first.slope - later.slope, token: later.offset, rowToken: later.slope };
  const shares = draws.map(({ rows, tokens, seconds }) => Math.abs(drawSeconds(costs, Array(rows).fill(tokens)) / seconds - 1));
  return { ...costs, worstFit: Math.max(...shares) };
}

/** What a job takes whose rows have so many tokens: rows that have ended cost nothing any more, and the longest is waited for. */
export function drawSeconds({ call, row, token, rowToken }: DrawCosts, lengths: readonly number[]): number {
  const sum = lengths.reduce((all, length) => all + length, 0);
  return call + row * lengths.length + token * Math.max(...lengths) + rowToken * sum;
}

/** Least squares of `offset + slope · x`, each point weighted by 1/y². */
function fitLine(points: readonly (readonly [x: number, y: number])[]): { readonly offset: number; readonly slope: number } {
  const sum = (of: (x: number, y: number) => number) => points.reduce((all, [x, y]) => all + of(x, y) / y ** 2, 0);
  const [n, x, y, xx, xy] = [sum(() => 1), sum((x) => x), sum((_, y) => y), sum((x) => x * x), sum((x, y) => x * y)];
  const slope = (n * xy - x * y) / (n * xx - x * x);
  return { offset: (y - slope * x) / n, slope };
}
