import { readFileSync } from "node:fs";
import { repositoryPath } from "@cai/testing";
import type { OptionSpec } from "@cai/training";
import { expect, test } from "vitest";
import { type AlgorithmName, algorithms } from "./algorithms.ts";

type Specs = readonly (readonly [string, OptionSpec<unknown>])[];

const specsOf = (name: AlgorithmName): Specs => Object.entries(algorithms[name].table);
const withoutValueModel: readonly AlgorithmName[] = ["grpo", "rloo", "reinforce++"];

/** The options of the first that all of them have, with the same words. */
function shared([first, ...others]: readonly AlgorithmName[]): Specs {
  const has = (other: AlgorithmName) => new Set(specsOf(other).map((one) => JSON.stringify(one)));
  const ofOthers = others.map(has);
  return specsOf(first!).filter((one) => ofOthers.every((known) => known.has(JSON.stringify(one))));
}

function except(specs: Specs, ...others: readonly Specs[]): Specs {
  const known = new Set(others.flat().map((one) => JSON.stringify(one)));
  return specs.filter((one) => !known.has(JSON.stringify(one)));
}

/** What values an option takes, in words. */
function allowed({ default: fallback, min, max, exclusiveMin, integer, zeroIsOff, choices, listOf }: OptionSpec<unknown>): string {
  if (choices !== undefined) return choices.join(", ");
  if (typeof fallback === "boolean") return "true, false";
  if (typeof fallback === "string") return "any text";
  if (listOf === "texts") return "list of texts";
  const bounds = [min !== undefined && `${exclusiveMin ? ">" : "≥"} ${min}`, max !== undefined && `≤ ${max}`].filter(Boolean).join(", ");
  return `${Array.isArray(fallback) ? "list: " : ""}${zeroIsOff ? "0; " : ""}${integer ? "whole, " : ""}${bounds}`;
}

function tableOf(specs: Specs): string {
  const rows = [["option", "default", "allowed", "meaning"]].concat(
    specs.map(([name, spec]) => [`\`${name}\``, Array.isArray(spec.default) ? "[]" : String(spec.default), allowed(spec), spec.describe]),
  );
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  const [head, ...body] = rows.map(line);
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("");
}

const everyone = shared(["ppo", ...withoutValueModel]);
const groups = shared(withoutValueModel);

test.each([
  ["every trainer", everyone],
  ["PPO", except(specsOf("ppo"), everyone)],
  ["GRPO, RLOO and REINFORCE++", except(groups, everyone)],
  ["GRPO alone", except(specsOf("grpo"), groups)],
  ["RLOO alone", except(specsOf("rloo"), groups)],
  ["REINFORCE++ alone", except(specsOf("reinforce++"), groups)],
])("docs/options.md has the table of what %s takes as it is", (name, specs) => {
  const page = readFileSync(repositoryPath("docs/options.md"), "utf8");
  expect(page).toContain(`## Of ${name}\n`);
  expect(page).toContain(tableOf(specs));
});
