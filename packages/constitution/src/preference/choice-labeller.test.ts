import type { Choice } from "@cai/feedback";
import { expect, test } from "vitest";
import { draws, fakeFeedback, pairOf, textOf } from "../fake-feedback.fixture.ts";
import { choiceLabeller } from "./choice-labeller.ts";
import { afterThoughts, comparisonOf, exchanged } from "./comparison.ts";

/** Judges whose log-probabilities are those of A and B in the given order, then in the exchanged one. */
const judge = (given: [number, number], other: [number, number]) => {
  let orders = 0;
  return fakeFeedback({ choose: () => [given, other][orders++ % 2]!.map(Math.log), write: (_, sample) => `thought ${sample}` });
};

async function labelOf(feedback: ReturnType<typeof fakeFeedback>, options = {}) {
  const [label] = await choiceLabeller({ feedback, ...options }).label([pairOf("Hi.", "Go.")], { draws });
  return label!;
}

test("both orders are normalised over the letters and averaged; what they differ by is the position's bias", async () => {
  // A and B have 0.3 and 0.1, that is 3/4 and 1/4; exchanged 0.2 and 0.2: the first answer, now B, has 1/2.
  const { probability, evidence } = await labelOf(judge([0.3, 0.1], [0.2, 0.2]));
  expect(probability).toBeCloseTo(0.625, 12);
  expect(evidence.shownFirst).toBeCloseTo(0.75, 12);
  expect(evidence.shownSecond).toBeCloseTo(0.5, 12);
  expect(evidence.positionBias).toBeCloseTo(0.125, 12);
  expect(evidence.logprobs).toEqual([0.3, 0.1, 0.2, 0.2].map(Math.log));
});

test("a judge that takes the same letter in both orders has no preference, and all the bias", async () => {
  const { probability, evidence } = await labelOf(fakeFeedback({ choose: () => [0, Number.NEGATIVE_INFINITY] }));
  expect(probability).toBe(0.5);
  expect(evidence.positionBias).toBe(0.5);
});

test("a judge that takes the same answer in both orders is sure, without bias", async () => {
  const choose = ({ messages }: Choice) => (/\(A\) Go\./.test(textOf(messages)) ? [0, -1000] : [-1000, 0]);
  const { probability, evidence } = await labelOf(fakeFeedback({ choose }));
  expect(probability).toBe(0);
  expect(evidence.positionBias).toBe(0);
});

test("a model is asked about each pair in both orders, in one call", async () => {
  const feedback = fakeFeedback({ choose: () => [0, 0] });
  const pairs = [pairOf("Hi.", "Go."), pairOf("Yes.", "No.")];
  await choiceLabeller({ feedback }).label(pairs, { draws });
  const asked = pairs.flatMap((pair) => [pair, exchanged(pair)]);
  expect(feedback.asked.choices).toEqual([asked.map((pair) => ({ messages: comparisonOf(pair, "letter"), options: ["A", "B"] }))]);
  expect(feedback.asked.completions).toEqual([]);
});

test("with a chain of thought each order has its own thoughts, and the label stays within 0.4 and 0.6", async () => {
  const feedback = judge([1, 0], [0, 1]);
  const labeller = choiceLabeller({ feedback, chainOfThought: true, maxNewTokens: 32, temperature: 0.5 });
  const pair = pairOf("Hi.", "Go.");
  const [label] = await labeller.label([pair], { draws: { ...draws, firstSample: 3 } });
  expect(label!.probability).toBe(0.6);
  expect(label!.evidence).toMatchObject({ shownFirst: 1, shownSecond: 1, thoughts: "thought 6", otherThoughts: "thought 7" });
  const [{ conversations, options }] = feedback.asked.completions as [(typeof feedback.asked.completions)[0]];
  const comparisons = [comparisonOf(pair, "thoughts"), comparisonOf(exchanged(pair), "thoughts")];
  expect(conversations).toEqual(comparisons);
  expect(options).toEqual({ draws: { ...draws, firstSample: 6 }, maxNewTokens: 32, temperature: 0.5 });
  expect(feedback.asked.choices[0]!.map(({ messages }) => messages)).toEqual([
    afterThoughts(comparisons[0]!, "thought 6"),
    afterThoughts(comparisons[1]!, "thought 7"),
  ]);
});

test("another clamp may be given, and holds without thoughts too", async () => {
  expect((await labelOf(judge([1, 0], [0, 1]), { clamp: [0.1, 0.9] })).probability).toBe(0.9);
  expect((await labelOf(judge([0, 1], [1, 0]), { chainOfThought: true, clamp: [0.25, 0.75] })).probability).toBe(0.25);
  expect(() => choiceLabeller({ feedback: judge([1, 0], [1, 0]), clamp: [0.6, 0.9] })).toThrow("clamp is [0.6, 0.9]");
});

test("models without log-probabilities, and log-probabilities that are none, are refused", async () => {
  expect(() => choiceLabeller({ feedback: fakeFeedback() })).toThrow("fake tells no log-probabilities of a choice: label by votes");
  const nothing = fakeFeedback({ choose: () => [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] });
  await expect(labelOf(nothing)).rejects.toThrow("log-probabilities of A and B are -Infinity and -Infinity");
});

test("the identity tells the model and every option that changes a label", () => {
  const feedback = fakeFeedback({ choose: () => [0, 0] });
  const options = [{}, { chainOfThought: true }, { chainOfThought: true, temperature: 0 }, { clamp: [0.2, 0.8] as const }];
  const identities = options.map((given) => choiceLabeller({ feedback, ...given }).identity);
  expect(new Set(identities).size).toBe(options.length);
  expect(identities.every((identity) => identity.includes("fake"))).toBe(true);
});
