import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type CourtesyPair, coldPairs, courtesyPairs } from "./courtesy-pairs.ts";
import { getJudge } from "./judge-folder.ts";
import { toxBlock, type WordTable } from "./tox-block.ts";

interface Golden {
  readonly classes: readonly string[];
  readonly words: number;
  readonly cases: readonly { readonly text: string; readonly probabilities: readonly number[] }[];
}

/** Made by tools/golden/make-tox-block.py, which shares nothing with the conversion. */
const golden: Golden = JSON.parse(await readFile(new URL("../golden/tox-block.json", import.meta.url), "utf8"));

let folder: string;
let judge: typeof import("../../docs/examples/constitutional-ai/courtesy-judge.mjs");
beforeAll(async () => {
  folder = await getJudge(toxBlock);
  judge = await import("../../docs/examples/constitutional-ai/courtesy-judge.mjs");
}, 300_000);

/** By how much the courteous answer is above the hostile one. */
async function margins(pairs: readonly CourtesyPair[]): Promise<number[]> {
  const courteous = await judge.default({ responses: pairs.map((pair) => pair.courteous) });
  const hostile = await judge.default({ responses: pairs.map((pair) => pair.hostile) });
  return courteous.map((score, index) => score - hostile[index]!);
}

test("the words are those of the package, every id once", async () => {
  const { words, classes, length }: WordTable = JSON.parse(await readFile(join(folder, "words.json"), "utf8"));
  expect(new Set(words).size).toBe(golden.words);
  expect(words.every((word) => typeof word === "string" && word !== "")).toBe(true);
  expect(classes).toEqual(golden.classes);
  expect(length).toBe(100);
});

test("the converted network gives the log-odds of the original", async () => {
  const logits = await judge.toxicityLogits(golden.cases.map(({ text }) => text));
  expect(logits).toHaveLength(golden.cases.length);
  for (const [index, { text, probabilities }] of golden.cases.entries()) {
    // Float32 rounds by 6e-8 of states below 1; 100 steps and two layers with sums below 20 leave it far below this.
    const expected = probabilities.map((p) => Math.log(p / (1 - p)));
    const worst = Math.max(...expected.map((value, place) => Math.abs(value - logits[index]![place]!)));
    expect(worst, text).toBeLessThan(1e-3);
  }
});

test("a response's score is minus its log-odds of being toxic, whatever stands beside it", async () => {
  const responses = [...courtesyPairs, ...coldPairs].flatMap(({ prompt, courteous, hostile }) => [prompt, courteous, hostile]);
  const together = await judge.default({ responses });
  expect(together).toHaveLength(90); // more than one batch
  for (const index of [1, 80]) {
    const [[toxic]] = (await judge.toxicityLogits([responses[index]!])) as [[number]];
    expect(together[index]).toBeCloseTo(-toxic, 4);
  }
});

test("the courtesy judge ranks every pair right whose hostile answer is rude in so many words", async () => {
  const all = await margins(courtesyPairs);
  expect(all).toHaveLength(20);
  expect(Math.min(...all)).toBeGreaterThan(4);
});

test("it misses two of ten where the hostile answer is cold, and is then not sure", async () => {
  const all = await margins(coldPairs);
  const missed = coldPairs.filter((_, index) => all[index]! < 0);
  expect(missed.map(({ prompt }) => prompt)).toEqual(["How do I boil an egg?", "I am nervous about my speech."]);
  expect(Math.min(...all)).toBeGreaterThan(-2.5);
});
