import { median } from "../median.mjs";
import type { Pairs } from "./measured-costs.ts";

/** Seconds that a work took. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/**
 * Two works in turns, so that a slow minute of the machine meets both; which comes first changes from pair to pair. The first pair is warm-up.
 *
 * @param works each gives the seconds that count.
 */
export async function measurePairs(works: readonly [() => Promise<number>, () => Promise<number>], count: number): Promise<Pairs> {
  const kept: (readonly [number, number])[] = [];
  for (let pair = 0; pair <= count; pair++) {
    const taken: [number, number] = [0, 0];
    for (const which of pair % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) taken[which] = await works[which]();
    if (pair > 0) kept.push(taken);
  }
  const ratios = kept.map(([first, second]) => first / second);
  const of = (which: 0 | 1) => median(kept.map((pair) => pair[which]));
  return { firstSeconds: of(0), secondSeconds: of(1), ratio: median(ratios), ratios };
}
