import type { Answered } from "@cai/feedback";
import { expect, test } from "vitest";
import { calm, draws, fakeFeedback, pairOf, textOf } from "../fake-feedback.fixture.ts";
import { likelihoodRatios } from "../likelihood-ratios.ts";
import { calibrateScale, likelihoodRatioLabeller } from "./likelihood-ratio-labeller.ts";

/** "Gladly." is 2 nats likelier for who is calm, "Never!" 1 nat for who is angry; the first has 4 tokens, the second 2. */
const logprob = ({ messages, answer }: Answered) => {
  const isCalm = textOf(messages).startsWith("system: You are calm.");
  return answer === "Gladly." ? { logprob: isCalm ? -6 : -8, tokens: 4 } : { logprob: isCalm ? -5 : -4, tokens: 2 };
};
const feedback = fakeFeedback({ logprob });
const pair = pairOf("Gladly.", "Never!");

test("an answer's ratio is the difference of its log-probabilities under both personas, of the whole or a token", async () => {
  const answers = ["Gladly.", "Never!", ""].map((answer) => ({ prompt: pair.prompt, answer, principle: calm }));
  expect(await likelihoodRatios({ feedback, answers })).toEqual([2, -1, 0]);
  expect(await likelihoodRatios({ feedback, answers, per: "token" })).toEqual([0.5, -0.5, 0]);
});

test("both personas are asked about as system messages, in one call, and empty answers not at all", async () => {
  const asking = fakeFeedback({ logprob });
  await likelihoodRatios({
    feedback: asking,
    answers: ["", "Gladly."].map((answer) => ({ prompt: pair.prompt, answer, principle: calm })),
  });
  expect(asking.asked.answers).toEqual([
    ["You are calm.", "You are angry."].map((content) => ({
      messages: [{ role: "system", content }, ...pair.prompt],
      answer: "Gladly.",
    })),
  ]);
});

test("the label is the logistic of the scaled difference of the ratios", async () => {
  const labelOf = async (options = {}) => (await likelihoodRatioLabeller({ feedback, ...options }).label([pair], { draws }))[0]!;
  const whole = await labelOf();
  expect(whole.probability).toBeCloseTo(1 / (1 + Math.exp(-3)), 12);
  expect(whole.evidence).toEqual({ ratios: [2, -1], difference: 3, scale: 1 });
  expect((await labelOf({ scale: Math.log(3) / 3 })).probability).toBeCloseTo(0.75, 12);
  expect((await labelOf({ per: "token", scale: Math.log(9) })).probability).toBeCloseTo(0.9, 12);
});

test("exchanged answers have the other probability, equal ones none", async () => {
  const labeller = likelihoodRatioLabeller({ feedback, scale: 0.5 });
  const labels = await labeller.label([pair, pairOf("Never!", "Gladly."), pairOf("Never!", "Never!")], { draws });
  const [one, other, equal] = labels.map(({ probability }) => probability) as [number, number, number];
  expect(one + other).toBeCloseTo(1, 12);
  expect(equal).toBe(0.5);
});

test("a scale is fitted to pairs whose first answer is the right one", async () => {
  const calibration = { feedback, pairs: [pair, pair] };
  expect((await calibrateScale(calibration)).scale).toBeCloseTo(Math.log(3) / 3, 12);
  expect((await calibrateScale({ ...calibration, per: "token" })).scale).toBeCloseTo(Math.log(3), 12);
  const wrong = calibrateScale({ feedback, pairs: [pairOf("Never!", "Gladly.")] });
  await expect(wrong).rejects.toThrow("point to the wrong answer on 1 pairs whose right one is known (mean margin -3.00)");
});

test("models that can't tell, scales that are none, and log-probabilities that are none are refused", async () => {
  expect(() => likelihoodRatioLabeller({ feedback: fakeFeedback() })).toThrow("fake can't tell how likely a given answer is");
  expect(() => likelihoodRatioLabeller({ feedback, scale: 0 })).toThrow("scale is 0");
  const broken = fakeFeedback({ logprob: () => ({ logprob: Number.NaN, tokens: 3 }) });
  const labels = likelihoodRatioLabeller({ feedback: broken }).label([pair], { draws });
  await expect(labels).rejects.toThrow("an answer of 3 tokens has the log-probabilities NaN and NaN");
});
