import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fillPlace } from "../page-tables.mjs";
import { root } from "../programs.mjs";
import type { MeasuredCosts } from "./measured-costs.ts";
import { measuredTables } from "./measured-tables.ts";
import { amdahlBound, cases, learners, speedups, workerCounts } from "./scenarios.ts";
import { type Gains, learnerNames, simulatedTables } from "./simulated-tables.ts";
import { drawSpeedups } from "./speedup-picture.ts";

const page = new URL("../../../docs/scaling.md", import.meta.url);
const picture = new URL("../../../docs/scaling-workers.svg", import.meta.url);
const measuredFile = new URL("measured.json", import.meta.url);

/** The page and its picture, with the places filled by what was measured and what is simulated with it. */
export function filledPage(measured: MeasuredCosts): { readonly page: string; readonly picture: string } {
  const gains = learners.map((learner) => cases.map((one) => speedups(measured, one, learner)));
  const texts = { ...measuredTables(measured), ...simulatedTables(measured, gains) };
  const filled = Object.entries(texts).reduce((text, [name, table]) => fillPlace(text, name, table), readFileSync(page, "utf8"));
  return { page: filled, picture: pictureOf(measured, gains) };
}

export function writePage(measured: MeasuredCosts): void {
  const filled = filledPage(measured);
  writeFileSync(measuredFile, `${JSON.stringify(measured, undefined, 2)}\n`);
  spawnSync("npx", ["biome", "format", "--write", fileURLToPath(measuredFile)], { cwd: root });
  writeFileSync(page, filled.page);
  writeFileSync(picture, filled.picture);
}

/** How the curves look; what has no look is in the tables alone. */
const looks: Readonly<Record<string, { readonly color: string; readonly dashes?: string }>> = {
  "LoRA, Redis, one step ahead": { color: "#2f9e5a", dashes: "6 3" },
  "LoRA, Redis": { color: "#2f9e5a" },
  "all weights, folder": { color: "#d08a1d" },
  "all weights, Redis, one step ahead": { color: "#d1495b", dashes: "6 3" },
  "all weights, Redis": { color: "#d1495b" },
};

function pictureOf(measured: MeasuredCosts, gains: Gains): string {
  const lora = cases.find(({ name }) => name === "LoRA, Redis")!;
  const panels = learners.map((learner, place) => ({
    title: learnerNames[learner]!,
    bound: amdahlBound(measured, lora, learner),
    curves: cases.flatMap(({ name }, index) => {
      const look = looks[name];
      return look === undefined ? [] : [{ name, values: gains[place]![index]!, ...look }];
    }),
  }));
  return drawSpeedups({ workers: workerCounts, panels });
}
