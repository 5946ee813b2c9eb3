import { expect, test } from "vitest";
import { draws, pairOf } from "../fake-feedback.fixture.ts";
import { contrastLabeller } from "./contrast-labeller.ts";

test("the answer under the positive persona is better by construction; other pairs are refused", async () => {
  const contrast = { ...pairOf("Hi.", "Go."), personas: ["positive", "negative"] as const };
  expect(await contrastLabeller().label([contrast], { draws })).toEqual([{ probability: 1, evidence: {} }]);
  await expect(contrastLabeller().label([contrast, pairOf("Hi.", "Go.")], { draws })).rejects.toThrow("these two answers were drawn alike");
});
