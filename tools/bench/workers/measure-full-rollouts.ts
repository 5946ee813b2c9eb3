import { DistributedRollouts } from "@cai/distributed";
import type { CausalPolicy } from "@cai/policy";
import { median } from "../median.mjs";
import { changeAll } from "./measure-weights.ts";
import type { MeasuredCosts } from "./measured-costs.ts";
import { secondsOf } from "./pairs.ts";
import { randomPrompts } from "./random-prompts.ts";

const work = { rows: 16, rowsPerJob: 4, tokensPerRow: 24 };
const repeats = 2;

/**
 * Rollouts by one worker and by two, each after all weights changed: workers load them first. Without the time to publish.
 *
 * @param databases where one worker is, and where two are
 */
export async function measureFullRollouts(
  policy: CausalPolicy,
  { databases, engine }: { readonly databases: readonly string[]; readonly engine: string },
): Promise<MeasuredCosts["fullWeights"]> {
  const learners = await Promise.all(
    databases.map((redis) => DistributedRollouts.create({ redis, policy, owner: "bench full", engine, rowsPerJob: work.rowsPerJob })),
  );
  const seconds: number[][] = learners.map(() => []);
  try {
    for (let repeat = 0; repeat <= repeats; repeat++) {
      for (const [index, learner] of learners.entries()) {
        changeAll(policy);
        const draws = { seed: 1, stream: "rollout", step: repeat };
        const sampling = { draws, maxNewTokens: work.tokensPerRow, minNewTokens: work.tokensPerRow };
        const all = await secondsOf(() => learner.generate(randomPrompts(policy, work.rows), sampling));
        if (repeat > 0) seconds[index]!.push(all - learner.metrics()["time/publish"]!);
      }
    }
    const [one, two] = seconds.map(median) as [number, number];
    return { ...work, oneSeconds: one, twoSeconds: two };
  } finally {
    for (const learner of learners) await learner.dispose();
  }
}
