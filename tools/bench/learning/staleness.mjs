#!/usr/bin/env node
// @ts-check
// What answers cost that are drawn by weights of K steps before. Writes the table beside this file:
// node tools/bench/learning/staleness.mjs [--staleness 0,1,2,4,8] [--seeds 1,2,3] [--results F]
// It prints a line for each run. With --results, a file of such lines, the runs in it are not made again.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { learner } from "./learner.mjs";
import { stalenessPage } from "./staleness-page.mjs";

const { values } = parseArgs({
  options: {
    staleness: { type: "string", default: "0,1,2,4,8" },
    seeds: { type: "string", default: "1,2,3" },
    results: { type: "string" },
  },
});
const learn = learner(values.results);
const seeds = values.seeds.split(",");
const runs = values.staleness.split(",").flatMap((staleness) => seeds.map((seed) => learn("ppo", { seed, staleness })));
writeFileSync(new URL("staleness.md", import.meta.url), stalenessPage(runs));
