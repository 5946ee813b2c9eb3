import { resolveOptions } from "@cai/training";
import { expect, test } from "vitest";
import type { Answer } from "./answer-prompts.ts";
import { comparisonOptions } from "./comparison-options.ts";
import { summariseComparison } from "./summarise-comparison.ts";

const settings = resolveOptions(comparisonOptions, { bestOf: 3, resamples: 200, seed: 1 });
const answer = (response: string, score: number, more: Partial<Answer> = {}): Answer => ({
  response,
  score,
  tokens: response.length,
  ...more,
});

const compared = {
  prompts: ["please tell me more", "why"],
  policy: [[answer("please tell me more", 3, { kl: 2 })], [answer("so be it then", 1, { kl: -1 })]],
  base: [[answer("no no no", 1)], [answer("it is so", 1)]],
  pool: [
    [answer("a", 0), answer("b", 1), answer("c", 2)],
    [answer("a", 0), answer("b", 1), answer("c", 5)],
  ],
};

test("a win and a tie, their scores, lengths, variety and copies", () => {
  const summary = summariseComparison(compared, settings);
  expect(summary).toMatchObject({
    prompts: 2,
    winRate: 0.75,
    wins: 1,
    ties: 1,
    losses: 0,
    meanScore: { policy: 2, base: 1 },
    scoreDeviation: { policy: Math.SQRT2, base: 0 },
    gain: null, // the base's scores are equal: there is no deviation to count in
    klPerResponse: 0.5,
    klPerToken: 1 / 32,
    meanLength: { policy: 16, base: 8 },
    lengthRatio: 2,
    distinct1: { policy: 1, base: 4 / 6 },
    distinct2: { policy: 1, base: 3 / 4 },
    distinct2Ratio: 4 / 3,
    promptCopies: { policy: 0.5, base: 0 },
  });
  const { wilson, bootstrap } = summary.winRateInterval;
  // n = 2, p = ¾: (0.75 + 0.9604 ± 1.96·√(0.09375 + 0.2401)) / 2.9207
  expect([wilson.low, wilson.high]).toEqual([expect.closeTo(0.1979, 4), expect.closeTo(0.9733, 4)]);
  expect(bootstrap).toEqual({ low: 0.5, high: 1 }); // all of the one, or all of the other
  expect(summary.proxy).toBeUndefined();
});

test("the best of n of the base: its score, and how often it beats the base's own answer", () => {
  const [two, three] = summariseComparison(compared, settings).bestOfN;
  // Of {0, 1}, {0, 2}, {1, 2}: 1, 2, 2, of which 1 ties with the base's 1. Of {0, 1}, {0, 5}, {1, 5}: 1, 5, 5.
  expect(two).toMatchObject({ n: 2, meanScore: expect.closeTo((5 / 3 + 11 / 3) / 2, 12), winRate: expect.closeTo(2.5 / 3, 12) });
  expect(three).toMatchObject({ n: 3, kl: Math.log(3) - 2 / 3, meanScore: 3.5, winRate: 1, gain: null });
});

test("a proxy's scores stand beside the judge's, and it chooses too", () => {
  const proxied = (answers: readonly (readonly Answer[])[]) =>
    answers.map((drawn) => drawn.map((each) => ({ ...each, proxyScore: -each.score })));
  const { proxy, bestOfN } = summariseComparison(
    { ...compared, policy: proxied(compared.policy), base: proxied(compared.base), pool: proxied(compared.pool) },
    settings,
  );
  expect(proxy).toMatchObject({ winRate: 0.25, meanScore: { policy: -2, base: -1 } });
  expect(bestOfN[1]).toMatchObject({ meanScore: 3.5, byProxy: { meanScore: 0, winRate: 0 } }); // it takes the worst
});

test("without a KL and without a choice there is none", () => {
  const answers = [[answer("yes it is", 1)]];
  const { klPerToken, klPerResponse, bestOfN } = summariseComparison(
    { prompts: ["why"], policy: answers, base: answers, pool: [] },
    settings,
  );
  expect([klPerToken, klPerResponse, bestOfN]).toEqual([null, null, []]);
});
