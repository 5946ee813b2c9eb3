import { existsSync, readFileSync } from "node:fs";
import { repositoryPath } from "@cai/testing";
import type { OptionSpec } from "@cai/training";
import { expect, test } from "vitest";
import { dpoOptions, rewardOptions } from "./pair-options.ts";

test.each([
  ["docs/dpo.md", dpoOptions],
  ["docs/reward-training.md", rewardOptions],
])("%s names files that are there, and options with their defaults", (page, table) => {
  const text = readFileSync(repositoryPath(page), "utf8");
  const named = [...text.matchAll(/`([a-z-]+\/src\/[^`]+\.ts)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(repositoryPath(`packages/${path}`)))).toEqual([]);
  const specs: Readonly<Record<string, OptionSpec<unknown>>> = table;
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (\S+) +\|/gm)].filter(([, name]) => name! in specs);
  expect(rows.length).toBeGreaterThan(5);
  for (const [, name, told] of rows) {
    const { default: fallback } = specs[name!]!;
    expect(typeof fallback === "number" ? Number(told) : told, name).toEqual(typeof fallback === "number" ? fallback : String(fallback));
  }
});
