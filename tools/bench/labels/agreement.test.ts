import { expect, test } from "vitest";
import { agreementWith, byAgreement, onlyAbove, preferenceCount, prefersFirst, shareOf, unreadShare } from "./agreement.ts";

/** The judge's margins are 3, -3, 3, -1, 3 and -2.5. */
const scores: [number, number][] = [
  [3, 0],
  [-1, 2],
  [1, -2],
  [0, 1],
  [2, -1],
  [0, 2.5],
];
const probabilities = [0.9, 0.2, 0.1, 0.3, 0.5, 0.7];

test("a share has Wilson's interval, and none where nothing was counted", () => {
  expect(shareOf(8, 10)).toEqual({ hits: 8, of: 10, interval: { low: expect.closeTo(0.4902, 4), high: expect.closeTo(0.9433, 4) } });
  expect(shareOf(0, 0)).toEqual({ hits: 0, of: 0, interval: undefined });
});

test("a label of one half is no preference", () => {
  expect(preferenceCount(probabilities)).toBe(5);
  expect(prefersFirst(probabilities)).toMatchObject({ hits: 2, of: 5 });
  expect(prefersFirst([0.5])).toMatchObject({ hits: 0, of: 0 });
});

test("labels that aren't sure enough become no preference", () => {
  expect(onlyAbove(probabilities, 0.8)).toEqual([0.9, 0.2, 0.1, 0.5, 0.5, 0.5]);
  expect(onlyAbove([1, 0, 0.9999], 1)).toEqual([1, 0, 0.5]);
});

test("agreement counts pairs on which the judge is sure and the label prefers one", () => {
  expect(agreementWith({ probabilities, scores, sure: 2.5 })).toMatchObject({ hits: 2, of: 3 });
  expect(agreementWith({ probabilities, scores, sure: 1 })).toMatchObject({ hits: 2, of: 4 });
  expect(agreementWith({ probabilities, scores, sure: 0 })).toMatchObject({ hits: 3, of: 5 });
  expect(agreementWith({ probabilities, scores, sure: 5 })).toEqual(shareOf(0, 0));
});

test("every share of up to 200 pairs comes back as the count that it was", () => {
  for (let of = 1; of <= 200; of++)
    for (const hits of [0, 1, of >> 1, of - 1, of]) {
      const labels = Array.from({ length: of }, (_, pair) => (pair < hits ? 0.9 : 0.1));
      const given = { probabilities: labels, scores: labels.map((): [number, number] => [1, 0]), sure: 0.5 };
      expect(agreementWith(given)).toMatchObject({ hits, of });
    }
});

test("pairs are told apart by whether the label says what a sure judge says, in their order", () => {
  expect(byAgreement({ probabilities, scores, sure: 2.5 })).toEqual({ right: [0, 1], wrong: [2] });
  expect(byAgreement({ probabilities, scores, sure: 2 })).toEqual({ right: [0, 1], wrong: [2, 5] });
});

test("votes that can't be read are a share of all votes", () => {
  const votesOf = (forFirst: number, forSecond: number, unread: number) => ({ evidence: { votes: "", forFirst, forSecond, unread } });
  expect(unreadShare([votesOf(1, 2, 1), votesOf(0, 0, 4), { evidence: {} }])).toBe(5 / 8);
  expect(unreadShare([{ evidence: { shownFirst: 0.5 } }])).toBeUndefined();
});
