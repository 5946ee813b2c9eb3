import { existsSync, readFileSync } from "node:fs";
import { repositoryPath } from "@cai/testing";
import { expect, test } from "vitest";
import { sftOptions } from "./sft-options.ts";

const page = readFileSync(repositoryPath("docs/sft.md"), "utf8");

test("the files that docs/sft.md names are there", () => {
  const named = [...page.matchAll(/`([a-z-]+\/src\/[^`]+\.ts)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(repositoryPath(`packages/${path}`)))).toEqual([]);
});

test("the defaults that docs/sft.md names are those of the options, and no option of its own is left out", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\S+) +\|/gm)].map(([, name, value]) => [name!, value!] as const);
  const defaults = Object.entries(sftOptions).map(([name, spec]) => [name, String(spec.default)] as const);
  const options = rows.filter(([name]) => Object.hasOwn(sftOptions, name));
  for (const [name, value] of options) expect(new Map(defaults).get(name), name).toBe(value);
  const own = [
    "batchSize",
    "microbatchSize",
    "epochs",
    "steps",
    "learningRate",
    "schedule",
    "maxLength",
    "packing",
    "completionOnlyLoss",
    "assistantOnlyLoss",
  ];
  expect(options.map(([name]) => name)).toEqual(own);
});
