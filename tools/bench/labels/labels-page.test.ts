import type { LabelledPair } from "@cai/constitution";
import { expect, test } from "vitest";
import { type Labelled, labelsPage } from "./labels-page.ts";

const pair = (probability: number): LabelledPair => ({
  prompt: [{ role: "user", content: "Are you *deaf*?\nAnswer!" }],
  answers: ["Not at all. | I hear you.", "Go away."],
  principle: "calm",
  constitution: "",
  probability,
  evidence: {},
});
const report = { confidence: 0.3, positionBias: 0.25, turnedByOrder: 0.5 };
const labelledAs = (labeller: string, probabilities: readonly number[]): Labelled => ({
  labeller,
  pairs: probabilities.map(pair),
  report,
  cpuSeconds: 12.4,
});
/** Margins 3, −3, 2 and 0.5. */
const scores: [number, number][] = [
  [3, 0],
  [0, 3],
  [2, 0],
  [0.5, 0],
];
const kind = {
  labelled: [labelledAs("likelihood-ratio", [0.99, 0.9, 0.8, 0.1]), labelledAs("votes", [0.5, 0.4])],
  judged: [
    { judge: "tox-block", scores },
    { judge: "hatesonar", scores: scores.map(([first, second]): [number, number] => [second, first]) },
  ],
  cpuSeconds: 7,
};
const page = labelsPage({
  contrast: kind,
  sampled: kind,
  model: "model.gguf",
  prompts: 4,
  maxNewTokens: 48,
  temperature: 0.7,
  seed: 1,
  command: "node compare.mjs",
  machine: "a machine",
});
const cells = (start: string): string[] =>
  page
    .split("\n")
    .filter((line) => line.startsWith(`| ${start} `))
    .map((line) => line.replaceAll(/ +/g, " "));

test("each labeller has its agreement with each judge, at each threshold", () => {
  expect(cells("likelihood-ratio")).toContain(
    "| likelihood-ratio | 1 of 2: 50 % (9 to 91) | 2 of 3: 67 % (21 to 94) | 2 of 3: 67 % (21 to 94) | 2 of 4: 50 % (15 to 85) |",
  );
  expect(cells("likelihood-ratio, where above 0.95")[0]).toContain("1 of 1: 100 % (21 to 100)");
});

test("a labeller of fewer pairs is held against the judge on these alone", () => {
  expect(cells("votes")[1]).toBe(`| votes |${" 1 of 1: 100 % (21 to 100) |".repeat(4)}`);
});

test("the judges are held against each other", () => {
  expect(cells("hatesonar")[0]).toContain("0 of 2: 0 % (0 to 66)");
});

test("contrast pairs alone have a persona to name", () => {
  expect(page.split("names the persona")).toHaveLength(2);
  expect(cells("likelihood-ratio")[0]).toBe("| likelihood-ratio | 4 of 4 | 3 of 4: 75 % (30 to 95) | 0.300 | 0.250 | 50 % | | 12 |");
});

test("samples are right and wrong ones in the order of the pairs, on one line, as the text that they are", () => {
  expect(page).toContain("agrees with it on 1 pairs and disagrees on 1");
  expect(page).toContain("- agrees, by “calm”: “Are you \\*deaf\\*? Answer!”\n  - first: “Not at all. \\| I hear you.”");
  expect(page).toContain("better: likelihood-ratio 0.90, votes 0.40; the first's score less the second's: tox-block -3.0, hatesonar 3.0");
});
