import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "@cai/testing";
import { expect, onTestFinished, test } from "vitest";
import { root, textOf } from "./pages.ts";
import { linesOf } from "./run-quietly.ts";

// What docs/examples/x.ts prints stands in x.txt beside it. Its numbers are of one machine: others round differently, and a token that is drawn
// otherwise changes the rest of a run, so numbers with a point may differ by a fifth.
const folder = join(root, "docs/examples");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

/** Examples that tests don't run, and why. */
const notRun: Readonly<Record<string, string>> = {
  "reward-training": "takes half an hour",
  "score-beside-tensorflow": "prints times",
  train: "takes a minute; it stands in the README",
};

const numbers = /-?\d+\.\d+/g;
const numbersOf = (text: string): number[] => [...text.matchAll(numbers)].map(([number]) => Number(number));

test.each(names.filter((name) => !(name in notRun)))("docs/examples/%s.ts prints what stands beside it", async (name) => {
  const cwd = process.cwd();
  onTestFinished(() => process.chdir(cwd));
  process.chdir(await temporaryFolder());
  const printed = (await linesOf(() => import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.ts`)).href))).join("\n");
  const promised = textOf(`docs/examples/${name}.txt`).trimEnd();
  expect(printed.replaceAll(numbers, "…")).toBe(promised.replaceAll(numbers, "…"));
  const apart = numbersOf(printed).map((number, index) => Math.abs(number - numbersOf(promised)[index]!));
  expect(Math.max(0, ...apart), `${printed}\nin place of\n${promised}`).toBeLessThan(0.2);
});

test("the list of the examples has each of them, with what it prints", () => {
  const listed = [...textOf("docs/examples/README.md").matchAll(/\]\(([\w-]+)\.(ts|txt)\)/g)].map(
    ([, name, ending]) => `${name}.${ending}`,
  );
  const files = readdirSync(folder).filter((file) => /\.(ts|txt)$/.test(file));
  expect(listed.sort()).toEqual(files.sort());
});

test("what is not run is there, and promises nothing", () => {
  const wrong = Object.keys(notRun).filter((name) => !names.includes(name) || existsSync(join(folder, `${name}.txt`)));
  expect(wrong).toEqual([]);
});

test.each([
  ["docs/quick-start.md", "own-reward"],
  ["docs/recipes.md", "own-loop"],
])("%s shows %s as it is, with what it prints", (page, name) => {
  expect(textOf(page)).toContain(`\`\`\`ts\n${textOf(`docs/examples/${name}.ts`)}\`\`\``);
  expect(textOf(page)).toContain(`\`\`\`txt\n${textOf(`docs/examples/${name}.txt`)}\`\`\``);
});
