import type { CausalPolicy } from "@cai/policy";
import { median } from "../median.mjs";
import { fitDraws, type MeasuredDraw } from "./fit-draws.ts";
import type { MeasuredCosts } from "./measured-costs.ts";
import { secondsOf } from "./pairs.ts";
import { randomPrompts } from "./random-prompts.ts";

const tokens = 17;
const repeats = 3;

/** What calls of 1 to 16 rows take, in this process. */
export async function measureDraws(policy: CausalPolicy): Promise<MeasuredCosts["draw"]> {
  const draws: MeasuredDraw[] = [];
  const spreads: number[] = [];
  await draw(policy, 1, 2); // warm-up
  for (const rows of [1, 2, 4, 8, 16]) {
    const [first, all]: [number[], number[]] = [[], []];
    for (let repeat = 0; repeat < repeats; repeat++) {
      first.push(await draw(policy, rows, 1));
      all.push(await draw(policy, rows, tokens));
    }
    draws.push({ rows, tokens, oneTokenSeconds: median(first), seconds: median(all) });
    const mean = all.reduce((sum, seconds) => sum + seconds, 0) / repeats;
    spreads.push(Math.sqrt(all.reduce((sum, seconds) => sum + (seconds / mean - 1) ** 2, 0) / (repeats - 1)));
  }
  return { ...fitDraws(draws), spread: median(spreads) };
}

function draw(policy: CausalPolicy, rows: number, length: number): Promise<number> {
  const sampling = { draws: { seed: 1, stream: "rollout", step: 1 }, maxNewTokens: length, minNewTokens: length };
  return secondsOf(() => policy.generate(randomPrompts(policy, rows), sampling));
}
