import { expect, test } from "vitest";
import { draws, pairOf } from "../fake-feedback.fixture.ts";
import { labelPairs } from "./labelled-pairs.ts";
import type { AnswerPair, Labeller } from "./labeller.ts";

const constitution = { sha256: "c0de" };

/** Labels by the sample that each pair draws as. */
const bySample: Labeller & { readonly asked: (readonly AnswerPair[])[] } = {
  name: "by sample",
  identity: "by sample",
  asked: [],
  async label(pairs, { draws: { firstSample = 0 }, signal }) {
    signal?.throwIfAborted();
    bySample.asked.push(pairs);
    return pairs.map((_, index) => ({ probability: (firstSample + index) / 100, evidence: { sample: firstSample + index } }));
  },
};

test("a label comes with its pair; equal answers aren't asked about, and move no draw", async () => {
  const pairs = [pairOf("a", "b"), pairOf("c", "c "), pairOf("d", "e"), pairOf("f", "g")];
  const labelled = await labelPairs({ pairs, labeller: bySample, constitution, draws: { ...draws, firstSample: 10 } });
  expect(labelled[0]).toEqual({
    prompt: [{ role: "user", content: "Hello." }],
    answers: ["a", "b"],
    principle: "calm",
    constitution: "c0de",
    probability: 0.1,
    evidence: { sample: 10 },
  });
  expect(labelled.map(({ probability }) => probability)).toEqual([0.1, 0.5, 0.12, 0.13]);
  expect(labelled[1]!.evidence).toEqual({});
  expect(bySample.asked.map((asked) => asked.map(({ answers }) => answers[0]))).toEqual([["a"], ["d", "f"]]);
});

test("labels don't depend on how pairs are cut into calls", async () => {
  const pairs = Array.from({ length: 7 }, (_, index) => pairOf(`${index}`, index % 3 === 0 ? `${index}` : "x"));
  const label = (start: number, end: number) =>
    labelPairs({ pairs: pairs.slice(start, end), labeller: bySample, constitution, draws: { ...draws, firstSample: start } });
  expect([...(await label(0, 2)), ...(await label(2, 7))]).toEqual(await label(0, 7));
});

test("an abort is one", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(labelPairs({ pairs: [pairOf("a", "b")], labeller: bySample, constitution, draws, signal })).rejects.toThrow("enough");
});
