import { expect, test } from "vitest";
import { calm, fakeFeedback, textOf } from "../fake-feedback.fixture.ts";
import { drawnPairSource, revisionPairSource } from "./pair-source.ts";

const constitution = { name: "mine", principles: [calm, { ...calm, name: "brief", positivePersona: "You say little." }] };
const prompts = ["a", "b", "c"].map((content) => [{ role: "user", content }]);
const feedback = fakeFeedback({ write: (messages, sample) => `${sample} ${textOf(messages)}` });
const sourceOf = (changes = {}) =>
  drawnPairSource({ kind: "sampled", feedback, prompts, constitution, seed: 7, pairsPerPrompt: 2, ...changes });

test("all prompts are gone over, then again, with other draws", async () => {
  const source = sourceOf();
  expect(source.total).toBe(6);
  const pairs = await source.pairs(0, 6);
  expect(pairs.map(({ prompt }) => prompt[0]!.content)).toEqual(["a", "b", "c", "a", "b", "c"]);
  expect(pairs.map(({ answers }) => answers[0])).toEqual(["0 user: a", "2 user: b", "4 user: c", "6 user: a", "8 user: b", "10 user: c"]);
});

test.each(["sampled", "contrast"] as const)("%s pairs don't depend on the chunk in which they are made", async (kind) => {
  const source = sourceOf({ kind });
  const whole = await source.pairs(0, 6);
  expect([...(await source.pairs(0, 1)), ...(await source.pairs(1, 4)), ...(await source.pairs(5, 1))]).toEqual(whole);
  expect(new Set(whole.map(({ principle }) => principle.name)).size).toBe(2);
});

test("the identity tells everything that the pairs depend on, and contrast what a principle must have", () => {
  const changes = [
    {},
    { kind: "contrast" },
    { seed: 8 },
    { temperature: 0 },
    { maxNewTokens: 3 },
    { stream: "s" },
    { prompts: prompts.slice(1) },
  ];
  expect(new Set(changes.map((change) => JSON.stringify(sourceOf(change).identity))).size).toBe(changes.length);
  expect(sourceOf().needs).toEqual([]);
  expect(sourceOf({ kind: "contrast" }).needs).toEqual(["positivePersona", "negativePersona"]);
});

test("revisions are pairs that are there already", async () => {
  const row = { prompt: prompts[0]!, response: "no", revisions: ["not yet"], principles: ["calm"] };
  const source = revisionPairSource({ rows: [row, { ...row, response: "go" }], constitution });
  expect(source.total).toBe(2);
  expect(await source.pairs(1, 1)).toEqual([{ prompt: prompts[0], answers: ["not yet", "go"], principle: calm }]);
});
