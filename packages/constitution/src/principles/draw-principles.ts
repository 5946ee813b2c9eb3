import type { DrawCounters } from "@cai/contracts";
import { uniform } from "@cai/random";
import type { Constitution, Principle } from "./constitution.ts";

/** Whose principles are drawn, how many, and by which counters. */
export interface PrincipleDraws {
  readonly constitution: Pick<Constitution, "principles">;
  readonly count: number;
  readonly draws: DrawCounters;
}

/**
 * A principle for each of `count` samples, drawn by weight, each draw apart from the others: that of sample i is a function of
 * (seed, stream, step, firstSample + i).
 *
 * @example
 * const constitution = await readConstitution("default");
 * const [principle] = drawPrinciples({ constitution, count: 1, draws: { seed: 7, stream: "revise", step: 0 } });
 */
export function drawPrinciples({ constitution: { principles }, count, draws }: PrincipleDraws): Principle[] {
  const { seed, stream, step, firstSample = 0 } = draws;
  const bounds: number[] = [];
  for (const { weight } of principles) bounds.push((bounds.at(-1) ?? 0) + weight);
  return Array.from({ length: count }, (_, i) => {
    const place = bounds.at(-1)! * uniform({ seed, stream: `${stream}/principle`, counters: [step, firstSample + i] });
    return principles[bounds.findIndex((bound) => place < bound)]!;
  });
}
