// What each algorithm makes of the demo's task, beside best-of-n of the untrained policy, on one axis of KL. Writes the table and its picture
// beside this file: node tools/bench/learning/compare.mjs [--algorithms ppo,grpo] [--seeds 1,2,3,4,5] [--results F]
// It prints a line for each run. With --results, a file of such lines, the runs in it are not made again.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { drawFrontier } from "../frontier-picture.mjs";
import { frontierPage } from "./frontier-page.mjs";
import { learner } from "./learner.mjs";

const all = ["ppo", "grpo", "rloo", "reinforce++", "dpo"];
const { values } = parseArgs({
  options: {
    algorithms: { type: "string", default: all.join(",") },
    seeds: { type: "string", default: "1,2,3,4,5" },
    results: { type: "string" },
  },
});
const learn = learner(values.results);

const { best, deviation } = learn("best-of");
const runs = values.algorithms.split(",").flatMap((algorithm) => values.seeds.split(",").map((seed) => learn(algorithm, { seed })));
const picture = drawFrontier({
  best: best.map((/** @type {import("./frontier-page.mjs").Best} */ { n, kl, reward }) => ({ n, kl, value: reward })),
  runs: runs.map(({ algorithm, kl, reward }) => ({ algorithm, kl, value: reward })),
  title: "mean reward on held-out prompts",
  tick: 0.5,
});
writeFileSync(new URL("algorithms.svg", import.meta.url), picture);
writeFileSync(new URL("README.md", import.meta.url), frontierPage({ best, deviation, runs }));
