import { expect, test } from "vitest";
import { calm, fakeFeedback, textOf } from "../fake-feedback.fixture.ts";
import { type LabellerSettings, openLabeller } from "./open-labeller.ts";

const settings: LabellerSettings = {
  labeller: "likelihood-ratio",
  ratioPer: "answer",
  ratioScale: 0.5,
  calibrationPairs: 0,
  votes: 4,
  chainOfThought: false,
  verdictTokens: 0,
};
/** Answers of even samples, drawn under the positive persona, are likelier under it by a nat, the others less likely by one. */
const feedback = fakeFeedback({
  write: (_, sample) => (sample % 2 === 0 ? "gladly" : "never"),
  choose: () => [-1, -2],
  logprob: ({ messages, answer }) => {
    const fits = textOf(messages).startsWith(`system: ${calm.positivePersona}`) === (answer === "gladly");
    return { logprob: fits ? -4 : -5, tokens: 1 };
  },
});
const constitution = { name: "small", principles: [calm], examples: [], sha256: "abc" };
const prompts = [[{ role: "user", content: "Hello." }]];
const parts = { judge: feedback, writer: feedback, prompts, constitution, seed: 7, maxNewTokens: 8, temperature: 1 };

test.each(["choice", "votes", "contrast", "likelihood-ratio"] as const)("%s is opened by its name", async (labeller) => {
  const opened = await openLabeller({ ...settings, labeller }, parts);
  expect(opened.labeller.name).toBe(labeller);
  expect(opened.fitted).toBeUndefined();
});

test("the scale of likelihood ratios is the one that is given", async () => {
  const { labeller } = await openLabeller(settings, parts);
  expect(JSON.parse(labeller.identity)).toMatchObject({ scale: 0.5 });
});

test("or it is fitted to contrast pairs, of which each margin is 2 nats here: σ(2 · scale) = (n + 1)/(n + 2)", async () => {
  const { labeller, fitted } = await openLabeller({ ...settings, calibrationPairs: 3 }, parts);
  expect(fitted).toEqual({ scale: expect.closeTo(Math.log(4) / 2, 10), accuracy: 1, pairs: 3 });
  expect(JSON.parse(labeller.identity)).toMatchObject({ scale: fitted!.scale });
});
