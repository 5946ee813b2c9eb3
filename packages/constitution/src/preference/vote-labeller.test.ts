import type { Completion } from "@cai/feedback";
import { expect, test } from "vitest";
import { draws, fakeFeedback, pairOf, textOf } from "../fake-feedback.fixture.ts";
import { comparisonOf, exchanged } from "./comparison.ts";
import { voteLabeller } from "./vote-labeller.ts";

const pair = pairOf("Hi.", "Go.");

async function labelOf(said: readonly (string | Completion)[], options = {}) {
  const feedback = fakeFeedback({ write: (_, sample) => said[sample]! });
  const [label] = await voteLabeller({ feedback, votes: said.length, ...options }).label([pair], { draws });
  return label!;
}

test("the label is the share of votes for the first answer, which is B where the answers are exchanged", async () => {
  const { probability, evidence } = await labelOf(["A", "Answer: B", "B is better.", "B"]);
  expect(probability).toBe(0.75);
  expect(evidence).toEqual({
    votes: "AB BB",
    forFirst: 3,
    forSecond: 1,
    unread: 0,
    cut: 0,
    shownFirst: 0.5,
    shownSecond: 1,
    positionBias: -0.25,
  });
});

test("a verdict that can't be read is half a vote for each", async () => {
  const { probability, evidence } = await labelOf(["A", "Neither.", "A or B", "B"]);
  expect(probability).toBe(0.75); // (2 + 2/2) / 4
  expect(evidence).toMatchObject({ votes: "A- -B", forFirst: 2, forSecond: 0, unread: 2, positionBias: 0 });
  expect((await labelOf(["", "?"])).probability).toBe(0.5);
});

test("of a verdict that was cut what stands before its last sentence is read, or a letter alone; thoughts that were cut are not read", async () => {
  const cut = (text: string): Completion => ({ text, ending: "cut" });
  const said = [cut("A"), cut("The better answer is A"), cut("B is better than A. It is"), "B"];
  expect((await labelOf(said)).evidence).toMatchObject({ votes: "A- BB", unread: 1, cut: 3 });
  expect((await labelOf(said, { chainOfThought: true })).evidence).toMatchObject({ votes: "-- -B", unread: 3, cut: 3 });
  const open: Completion = { text: "Answer: A", ending: "open" };
  expect((await labelOf([open, { ...open, ending: "unknown" }])).evidence).toMatchObject({ votes: "- A", cut: 0 });
});

test("a judge that always says A has no preference", async () => {
  const { probability, evidence } = await labelOf(["A", "A", "A", "A"]);
  expect(probability).toBe(0.5);
  expect(evidence.positionBias).toBe(0.5);
});

test("a prior gives each answer votes beforehand", async () => {
  expect((await labelOf(["A", "A", "B", "B"], { prior: 1 })).probability).toBe(5 / 6); // (4 + 1) / (4 + 2)
  expect((await labelOf(["A", "A", "B", "B"], { prior: 0 })).probability).toBe(1);
});

test("each pair is asked about in both orders with draws of its own, in one call", async () => {
  const feedback = fakeFeedback({ write: (messages) => (/\(A\) (Hi|Yes)/.test(textOf(messages)) ? "A" : "B") });
  const pairs = [pair, pairOf("Yes.", "No.")];
  const labels = await voteLabeller({ feedback, votes: 4, maxNewTokens: 8 }).label(pairs, { draws: { ...draws, firstSample: 5 } });
  expect(labels.map(({ probability }) => probability)).toEqual([1, 1]);
  const [{ conversations, options }] = feedback.asked.completions as [(typeof feedback.asked.completions)[0]];
  const asked = pairs.flatMap((each) => [each, each, exchanged(each), exchanged(each)]);
  expect(conversations).toEqual(asked.map((each) => comparisonOf(each, "letter")));
  expect(options).toEqual({ draws: { ...draws, firstSample: 20 }, maxNewTokens: 8, temperature: 1 });
});

test("with a chain of thought there is room for it, and the verdict stands in the last line", async () => {
  const feedback = fakeFeedback({ write: () => "B greets nobody, and A is friendly.\nAnswer: A" });
  await voteLabeller({ feedback, votes: 2, chainOfThought: true }).label([pair], { draws });
  const [{ conversations, options }] = feedback.asked.completions as [(typeof feedback.asked.completions)[0]];
  expect(conversations[0]).toEqual(comparisonOf(pair, "thoughts-and-letter"));
  expect(options.maxNewTokens).toBe(256);
});

test.each([
  [{ votes: 3 }, "votes is 3: expected an even number"],
  [{ votes: 0 }, "votes is 0"],
  [{ prior: -1 }, "prior is -1"],
  [{ prior: Number.NaN }, "prior is NaN"],
])("%j is refused", (options, message) => {
  expect(() => voteLabeller({ feedback: fakeFeedback(), ...options })).toThrow(message);
});
