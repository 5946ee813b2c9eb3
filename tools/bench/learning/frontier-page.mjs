// @ts-check
import { markdownTable } from "../table.mjs";

/**
 * @typedef {{ readonly n: number, readonly reward: number, readonly kl: number }} Best best of n answers of the untrained policy
 * @typedef {{ readonly algorithm: string, readonly seed: number, readonly steps: number, readonly reward: number, readonly kl: number, readonly length: number, readonly cpuSeconds: number }} Run
 */

/**
 * The page that says what each algorithm makes of the demo's task.
 *
 * @param {{ best: readonly Best[], deviation: number, runs: readonly Run[] }} results `best` begins with n = 1
 */
export function frontierPage({ best, deviation, runs }) {
  const before = best[0]?.reward ?? Number.NaN;
  const gain = (/** @type {number} */ reward) => ((reward - before) / deviation).toFixed(2);
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const algorithms = [...new Set(runs.map(({ algorithm }) => algorithm))];
  const rows = algorithms.map((algorithm) => {
    const own = runs.filter((run) => run.algorithm === algorithm);
    const mean = (/** @type {(run: Run) => number} */ of) => own.reduce((sum, run) => sum + of(run), 0) / own.length;
    const rewards = own.map(({ reward }) => reward.toFixed(2)).join(" ");
    const learned = own.filter(({ reward }) => reward - before >= deviation).length;
    const reward = mean((run) => run.reward);
    const kl = mean((run) => run.kl);
    return [
      algorithm,
      `${own[0]?.steps}`,
      reward.toFixed(2),
      rewards,
      gain(reward),
      kl.toFixed(2),
      mean((run) => run.length).toFixed(1),
      mean((run) => run.cpuSeconds).toFixed(0),
      `${learned} of ${own.length}`,
    ];
  });
  const header = [
    "algorithm",
    "steps",
    "reward",
    "by seed",
    "gain in deviations",
    "KL a response",
    "tokens a response",
    "CPU seconds",
    "learned",
  ];
  const bests = best.map(({ n, reward, kl }) => [`best of ${n}`, reward.toFixed(2), gain(reward), kl.toFixed(2)]);
  return `# What each algorithm makes of one task

The demo's task: a GPT-2 of 2.6 million parameters learns to write more warmly, judged by an ONNX classifier. Each algorithm trains with
the seeds ${seeds.join(", ")}, and answers 64 held-out prompts 8 times each afterwards, at the temperature that it was trained at. KL is measured from the
untrained policy, in nats a response. A seed has learned when the mean reward rose by at least one standard deviation of the untrained
policy's (${deviation.toFixed(2)}). What differs from the trainers' defaults stands in [\`configurations.ts\`](configurations.ts).

![Reward against KL](algorithms.svg)

${markdownTable([header, ...rows])}

Beside it, the best of n answers of the untrained policy by the same reward, from 64 answers to each of the same prompts; its KL is
ln n − (n − 1) / n:

${markdownTable([["", "reward", "gain in deviations", "KL a response"], ...bests])}

DPO learns from pairs that the untrained policy wrote and the reward labelled, drawn before training begins; its seconds include that. CPU
seconds are a run's on all cores together, training alone. Made by \`node tools/bench/learning/compare.mjs --seeds ${seeds.join(",")}\`.
`;
}
