// What each algorithm makes of the demo's task, beside best-of-n of the untrained policy, on one axis of KL. Writes the table and its picture
// beside this file: node tools/bench/learning/compare.mjs [--algorithms ppo,grpo] [--seeds 1,2,3,4,5] [--results F]
// It prints a line for each run. With --results, a file of such lines, the runs in it are not made again.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { drawFrontier } from "../frontier-picture.mjs";
import { frontierPage } from "./frontier-page.mjs";

const all = ["ppo", "grpo", "rloo", "reinforce++", "dpo"];
const { values } = parseArgs({
  options: {
    algorithms: { type: "string", default: all.join(",") },
    seeds: { type: "string", default: "1,2,3,4,5" },
    results: { type: "string" },
  },
});
/** Lines of an earlier call. @type {{ algorithm?: string, seed?: number }[]} */
const earlier =
  values.results === undefined
    ? []
    : readFileSync(values.results, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
const program = fileURLToPath(new URL("learn.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** @param {string} algorithm @param {string} [seed] */
function learn(algorithm, seed = "1") {
  const known = earlier.find((line) => (line.algorithm ?? "best-of") === algorithm && `${line.seed ?? 1}` === seed);
  if (known !== undefined) return known;
  const argv = ["--conditions=@cai/source", "--import", tsx, program, "--algorithm", algorithm, "--seed", seed];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${algorithm} with seed ${seed} failed with exit code ${status}:\n${stderr}`);
  const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  console.log(JSON.stringify(result));
  return result;
}

const { best, deviation } = learn("best-of");
const runs = values.algorithms.split(",").flatMap((algorithm) => values.seeds.split(",").map((seed) => learn(algorithm, seed)));
const picture = drawFrontier({
  best: best.map((/** @type {import("./frontier-page.mjs").Best} */ { n, kl, reward }) => ({ n, kl, value: reward })),
  runs: runs.map(({ algorithm, kl, reward }) => ({ algorithm, kl, value: reward })),
  title: "mean reward on held-out prompts",
  tick: 0.5,
});
writeFileSync(new URL("algorithms.svg", import.meta.url), picture);
writeFileSync(new URL("README.md", import.meta.url), frontierPage({ best, deviation, runs }));
