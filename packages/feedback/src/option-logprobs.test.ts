import { expect, test } from "vitest";
import { optionLogprobs } from "./option-logprobs.ts";

/** Probabilities of tokens as the tokens' log-probabilities. */
const top = (probabilities: Readonly<Record<string, number>>) =>
  Object.entries(probabilities).map(([token, probability]) => ({ token, logprob: Math.log(probability) }));
const probabilitiesOf = (tokens: Readonly<Record<string, number>>, options: readonly string[]) =>
  optionLogprobs(top(tokens), options).map(Math.exp);

test("an option's probability is the sum over its spellings", () => {
  const [a, b] = probabilitiesOf({ A: 0.3, " A": 0.2, "(A": 0.1, "**A": 0.05, "A)": 0.02, " B": 0.1, "B.": 0.03, The: 0.1, a: 0.04 }, [
    "A",
    "B",
  ]);
  expect(a).toBeCloseTo(0.67, 12);
  expect(b).toBeCloseTo(0.13, 12);
});

test("one that is missing gets the least of the tokens, and two are equal", () => {
  expect(probabilitiesOf({ A: 0.9, x: 0.01 }, ["A", "B"])[1]).toBeCloseTo(0.01, 12);
  const [a, b] = optionLogprobs(top({ The: 0.9, I: 0.01 }), ["A", "B"]);
  expect(a).toBe(b);
});

test("an option of several tokens goes by the first one, where no other begins so", () => {
  const [yes, no, neither] = probabilitiesOf({ " Y": 0.4, No: 0.2, " Nei": 0.1, N: 0.25, "(": 0.05 }, ["Yes", "No", "Neither"]);
  expect(yes).toBeCloseTo(0.4, 12);
  expect(no).toBeCloseTo(0.2, 12);
  expect(neither).toBeCloseTo(0.1, 12);
});

test("a token that is an option is that one's, also where another begins with it", () => {
  const [a, ab] = probabilitiesOf({ A: 0.5, AB: 0.2 }, ["A", "AB"]);
  expect(a).toBeCloseTo(0.5, 12);
  expect(ab).toBeCloseTo(0.2, 12);
});

test("a probability of 0, as some servers round it, is no missing one's bound but its own", () => {
  expect(
    optionLogprobs(
      [
        { token: "A", logprob: 0 },
        { token: "B", logprob: -9999 },
      ],
      ["A", "B"],
    ),
  ).toEqual([0, -9999]);
});

test.each([[["A", "(A)"]], [["A", "..."]]])("options %o, which can't be told apart, are refused", (options) => {
  expect(() => optionLogprobs(top({ A: 1 }), options)).toThrow("can't be told apart");
});
