import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "@cai/testing";
import { expect, onTestFinished, test } from "vitest";
import { root, textOf } from "./pages.ts";
import { linesOf } from "./run-quietly.ts";

// What docs/examples/x.ts prints stands in x.txt beside it. Its numbers are of one machine: others round differently, a token that is drawn
// otherwise changes the rest of a run, and where that ends is another place in the same direction.
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

/**
 * Whether a line is what was promised but for the numbers with a point: the first may differ by a fifth, the others must have moved from it the
 * same way, at least a quarter and at most three times as far.
 */
function isLike(printed: string, promised: string): boolean {
  const [first = 0, ...others] = [...printed.matchAll(numbers)].map(Number);
  const [firstPromised = 0, ...othersPromised] = [...promised.matchAll(numbers)].map(Number);
  const moved = othersPromised.map((other, index) => (others[index]! - first) / (other - firstPromised));
  const sameWords = printed.replaceAll(numbers, "…") === promised.replaceAll(numbers, "…");
  return sameWords && Math.abs(first - firstPromised) < 0.2 && moved.every((share) => share >= 0.25 && share <= 3);
}

test.each(names.filter((name) => !(name in notRun)))(
  "docs/examples/%s.ts prints what stands beside it",
  async (name) => {
    const cwd = process.cwd();
    onTestFinished(() => process.chdir(cwd));
    process.chdir(await temporaryFolder());
    const printed = await linesOf(() => import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.ts`)).href));
    const promised = textOf(`docs/examples/${name}.txt`).trimEnd().split("\n");
    expect(printed.filter((line, index) => !isLike(line, promised[index] ?? ""))).toEqual([]);
    expect(printed.length).toBe(promised.length);
  },
  300_000,
); // without native TensorFlow

test("a run that did not learn, or prints other words, is not like one that did", () => {
  const promised = "reward: 0.5 before, 1.5 after";
  expect(isLike("reward: 0.4 before, 1.2 after", promised)).toBe(true);
  expect(isLike("reward: 0.5 before, 0.6 after", promised)).toBe(false);
  expect(isLike("reward: 0.5 before, -0.5 after", promised)).toBe(false);
  expect(isLike("rewards: 0.5 before, 1.5 after", promised)).toBe(false);
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
