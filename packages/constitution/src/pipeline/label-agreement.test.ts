import { expect, test } from "vitest";
import { labelAgreement } from "./label-agreement.ts";

test("labels agree where they lie on the judge's side, of the pairs on which it is sure", () => {
  const given = {
    probabilities: [0.9, 0.2, 0.6, 0.5, 0.3],
    scores: [
      [1, 0],
      [1, 0],
      [0.1, 0], // not sure
      [1, 0], // no label
      [-2, 1],
    ] as [number, number][],
    sure: 0.5,
  };
  expect(labelAgreement(given)).toEqual({ pairs: 3, agreement: 2 / 3 });
  expect(labelAgreement({ ...given, sure: 5 })).toEqual({ pairs: 0, agreement: null });
});

test("a difference of exactly what makes the judge sure is not enough, so that equal scores never count", () => {
  expect(labelAgreement({ probabilities: [0.9], scores: [[1, 1]], sure: 0 })).toEqual({ pairs: 0, agreement: null });
});
