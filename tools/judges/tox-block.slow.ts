import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import courtesy, { toxicityLogits } from "../../docs/examples/constitutional-ai/courtesy-judge.mjs";
import { courtesyPairs } from "./courtesy-pairs.ts";
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
beforeAll(async () => {
  folder = await getJudge(toxBlock);
}, 300_000);

test("the words are those of the package, every id once", async () => {
  const { words, classes, length }: WordTable = JSON.parse(await readFile(join(folder, "words.json"), "utf8"));
  expect(new Set(words).size).toBe(golden.words);
  expect(words.every((word) => typeof word === "string" && word !== "")).toBe(true);
  expect(classes).toEqual(golden.classes);
  expect(length).toBe(100);
});

test("the converted network gives the log-odds of the original", async () => {
  const logits = await toxicityLogits(golden.cases.map(({ text }) => text));
  expect(logits).toHaveLength(golden.cases.length);
  for (const [index, { text, probabilities }] of golden.cases.entries()) {
    const expected = probabilities.map((p) => Math.log(p / (1 - p)));
    // 200 steps of float32 with states below 1 in magnitude, then two layers whose sums are below 20: 1e-3 is far above their rounding.
    const worst = Math.max(...expected.map((value, place) => Math.abs(value - logits[index]![place]!)));
    expect(worst, text).toBeLessThan(1e-3);
  }
});

test("a response's score does not depend on those beside it", async () => {
  const texts = courtesyPairs.flatMap(({ courteous, hostile }) => [courteous, hostile]);
  const many = [...texts, ...texts];
  const together = await courtesy({ responses: many });
  const alone = await courtesy({ responses: [texts[3]!] });
  expect(together).toHaveLength(many.length);
  expect(together[3]).toBeCloseTo(alone[0]!, 4);
  expect(together[3 + texts.length]).toBeCloseTo(alone[0]!, 4);
});

test("the courtesy judge ranks every written pair right", async () => {
  const courteous = await courtesy({ responses: courtesyPairs.map((pair) => pair.courteous) });
  const hostile = await courtesy({ responses: courtesyPairs.map((pair) => pair.hostile) });
  const wrong = courtesyPairs.filter((_, index) => !(courteous[index]! > hostile[index]!));
  const margins = courteous.map((score, index) => score - hostile[index]!).sort((a, b) => a - b);
  console.log(`courtesy judge: ${20 - wrong.length} of ${courtesyPairs.length}; margins from ${margins[0]} to ${margins.at(-1)}`);
  expect(wrong).toEqual([]);
});
