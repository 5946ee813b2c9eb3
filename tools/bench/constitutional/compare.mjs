// What Constitutional AI makes of SmolLM2-135M-Instruct by each algorithm, beside best-of-n of the untrained policy, on one axis of KL. Writes
// the table and its picture beside this file:
//   node tools/bench/constitutional/compare.mjs [--algorithms dpo,ppo,grpo,revisions] [--seeds 1,2,3] [--runs runs/constitutional-compare] [--kept]
// Runs that are there already are read, not made again; with --kept those that are not are left out. A seed's algorithms share its
// preferences, its reward model and its baseline.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { drawFrontier } from "../frontier-picture.mjs";
import { comparisonPage } from "./comparison-page.mjs";

const { values } = parseArgs({
  options: {
    algorithms: { type: "string", default: "dpo,ppo,grpo,revisions" },
    seeds: { type: "string", default: "1,2,3" },
    runs: { type: "string", default: "runs/constitutional-compare" },
    kept: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../../..", import.meta.url));
const cli = join(root, "packages/cli/bin/cai.mjs");
const examples = join(root, "docs/examples/constitutional-ai");

/** @param {string[]} argv */
function node(argv) {
  const { status, stdout } = spawnSync(process.execPath, argv, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`node ${argv.join(" ")} failed with exit code ${status}`);
  return stdout.trim().split("\n").at(-1) ?? "";
}

/** @param {string} algorithm @param {number} seed */
const folderOf = (algorithm, seed) => join(values.runs, `seed-${seed}-${algorithm}`);

/** @param {string} algorithm @param {number} seed */
const isKept = (algorithm, seed) => existsSync(join(folderOf(algorithm, seed), "report.json"));

/** @param {string} algorithm @param {number} seed @returns {import("./comparison-page.mjs").Run} */
function run(algorithm, seed) {
  const kept = folderOf(algorithm, seed);
  const out = join(values.runs, `seed-${seed}`);
  if (!isKept(algorithm, seed)) {
    const isRevised = algorithm === "revisions";
    const config = join(examples, isRevised ? "smollm2-revisions.json" : "smollm2.json");
    const of = ["--config", config, "--policy", policy, "--seed", `${seed}`, "--rl", isRevised ? "none" : algorithm];
    const report = node([cli, "pipeline", ...of, "--out", out, "--resume", "--json"]);
    cpSync(join(out, "evaluate"), kept, { recursive: true });
    writeFileSync(join(kept, "report.json"), `${report}\n`);
    console.log(JSON.stringify({ algorithm, seed, ...JSON.parse(report) }));
  }
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(kept, name), "utf8"));
  return { algorithm, seed, report: read("report.json"), figures: read("eval.json") };
}

const policy = node([join(root, "tools/get-smollm2.mjs")]);
const seeds = values.seeds.split(",").map(Number);
const wanted = seeds.flatMap((seed) => values.algorithms.split(",").map((algorithm) => ({ algorithm, seed })));
const runs = wanted
  .filter(({ algorithm, seed }) => !values.kept || isKept(algorithm, seed))
  .map(({ algorithm, seed }) => run(algorithm, seed));
const picture = drawFrontier({
  best: [{ n: 1, kl: 0, value: 0.5 }, ...(runs[0]?.figures.bestOfN ?? []).map(({ n, kl, winRate }) => ({ n, kl, value: winRate }))],
  runs: runs.map(({ algorithm, report }) => ({ algorithm, kl: report.klPerResponse, value: report.winRate })),
  title: "win rate on held-out prompts",
  tick: 0.1,
});
writeFileSync(new URL("algorithms.svg", import.meta.url), picture);
writeFileSync(new URL("README.md", import.meta.url), comparisonPage(runs));
