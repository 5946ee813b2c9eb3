import type { TextRollout } from "@cai/rollouts";
import { expect, test } from "vitest";
import { drawGroups } from "./draw-groups.ts";

/** A rollout whose response texts tell who drew them: attempt and number of the sample. */
async function rollOut(prompts: readonly { text: string }[], attempt: number, firstSample: number): Promise<TextRollout> {
  const rows = prompts.length;
  return {
    prompts: { ids: new Int32Array(rows), mask: new Uint8Array(rows).fill(1), shape: [rows, 1] },
    responses: { ids: new Int32Array(rows), mask: new Uint8Array(rows).fill(1), shape: [rows, 1] },
    behaviourLogprobs: new Float32Array(rows),
    finishReasons: prompts.map(() => "eos"),
    promptTexts: prompts.map(({ text }) => text),
    responseTexts: prompts.map((_, row) => `${attempt}:${firstSample + row}`),
  };
}
const prompts = ["a", "b"].map((text) => ({ text, ids: Int32Array.of(1) }));
/** Group a tells nothing until it is drawn for the third time. */
const score = async ({ responseTexts, promptTexts }: TextRollout) => {
  const scores = Float32Array.from(responseTexts, (text, row) =>
    promptTexts[row] === "a" && !text.startsWith("2") ? 0 : Number(text.slice(2)),
  );
  return { scores, parts: { halves: scores.map((score) => score / 2) } };
};
const drawn = (redraws: number) => drawGroups({ prompts, groupSize: 2, redraws, rollOut, score });

test("every prompt is answered in turn, group by group", async () => {
  const { rollout, scores, redrawn } = await drawn(0);
  expect(rollout.promptTexts).toEqual(["a", "a", "b", "b"]);
  expect(rollout.responseTexts).toEqual(["0:0", "0:1", "0:2", "0:3"]);
  expect([...scores]).toEqual([0, 0, 2, 3]);
  expect(redrawn).toBe(0);
});

test("a group of equal scores is drawn again with draws of its own, in its place, until it differs", async () => {
  const { rollout, scores, scoreParts, redrawn } = await drawn(5);
  expect(rollout.responseTexts).toEqual(["2:0", "2:1", "0:2", "0:3"]);
  expect([...scores]).toEqual([0, 1, 2, 3]);
  expect(scoreParts).toEqual({ halves: Float32Array.of(0, 0.5, 1, 1.5) });
  expect(redrawn).toBe(2);
});

test("after the last try what is equal stays", async () => {
  const { scores, redrawn } = await drawn(1);
  expect([...scores]).toEqual([0, 0, 2, 3]);
  expect(redrawn).toBe(1);
});
