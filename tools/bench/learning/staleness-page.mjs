// @ts-check
import { markdownTable } from "../table.mjs";

/**
 * @typedef {{ readonly seed: number, readonly steps: number, readonly reward: number, readonly kl: number, readonly staleness?: number, readonly logprobDifference?: number, readonly capped?: number }} Run
 */

/**
 * The page that says what late answers cost.
 *
 * @param {readonly Run[]} runs in the order of K, those of one K in the order of their seeds
 */
export function stalenessPage(runs) {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const rows = [...new Set(runs.map(({ staleness = 0 }) => staleness))].map((staleness) => {
    const own = runs.filter((run) => (run.staleness ?? 0) === staleness);
    const mean = (/** @type {(run: Run) => number} */ of) => own.reduce((sum, run) => sum + of(run), 0) / own.length;
    return [
      `${staleness}`,
      mean(({ reward }) => reward).toFixed(2),
      own.map(({ reward }) => reward.toFixed(2)).join(" "),
      mean(({ kl }) => kl).toFixed(2),
      mean(({ logprobDifference = 0 }) => logprobDifference).toFixed(3),
      mean(({ capped = 0 }) => capped).toFixed(4),
    ];
  });
  const header = ["K", "reward", "by seed", "KL a response", "log-probability difference", "capped"];
  return `# What late answers cost

The demo's task by PPO as in [the table of algorithms](README.md), ${runs[0]?.steps} steps, seeds ${seeds.join(", ")}, but every answer of a step is drawn by the weights of K
steps before: the oldest that \`cai train --staleness K\` lets workers draw with. The reward is that of 64 held-out prompts, answered 8 times each after
training. The difference is between the log-probabilities of what drew and of what learns, a token, at a step's beginning, in nats; capped is the share of tokens
whose importance weight reached its cap. Means over the steps.

${markdownTable([header, ...rows])}

Made by \`node tools/bench/learning/staleness.mjs\`.
`;
}
