import { expect, test } from "vitest";
import type { LabelledPair } from "./labelled-pairs.ts";
import { preferenceReport } from "./preference-report.ts";

const labelled = (principle: string, probability: number, evidence: LabelledPair["evidence"] = {}, answers = ["x", "y"]): LabelledPair => ({
  prompt: [{ role: "user", content: "Hello." }],
  answers: answers as [string, string],
  principle,
  constitution: "c0de",
  probability,
  evidence,
});
const order = (shownFirst: number, shownSecond: number) => ({ shownFirst, shownSecond, positionBias: (shownFirst - shownSecond) / 2 });

test("pairs are counted, by reason and principle, with their confidence and the bias of position", () => {
  const pairs = [
    labelled("kind", 0.75, order(1, 0.5)),
    labelled("calm", 0.25, order(0.25, 0.25)),
    labelled("calm", 0.5, order(0.75, 0.25)),
    labelled("calm", 0.5, {}, ["x", "x"]),
  ];
  expect(preferenceReport(pairs)).toEqual({
    pairs: 4,
    rows: 2,
    leftOut: { equalAnswers: 1, noPreference: 1 },
    confidence: (0.25 + 0.25 + 0) / 3,
    positionBias: (0.25 + 0 + 0.25) / 3,
    turnedByOrder: 1 / 3,
    byPrinciple: {
      calm: { pairs: 3, rows: 1, leftOut: { equalAnswers: 1, noPreference: 1 }, confidence: 0.125 },
      kind: { pairs: 1, rows: 1, leftOut: { equalAnswers: 0, noPreference: 0 }, confidence: 0.25 },
    },
  });
});

test("what no pair tells is null", () => {
  expect(preferenceReport([labelled("calm", 1)])).toMatchObject({ confidence: 0.5, positionBias: null, turnedByOrder: null });
  expect(preferenceReport([])).toMatchObject({ pairs: 0, confidence: null, byPrinciple: {} });
});
