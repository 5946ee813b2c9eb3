import type { TextRollout } from "@cai/rollouts";
import { expect, test } from "vitest";
import { batchRows } from "./batch-rows.ts";

const rollout: TextRollout = {
  prompts: { ids: Int32Array.of(0, 5, 6, 7), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] },
  responses: { ids: Int32Array.of(8, 9, 4, 0), mask: Uint8Array.of(1, 1, 1, 0), shape: [2, 2] },
  behaviourLogprobs: Float32Array.of(-1, -2, -3, 0),
  finishReasons: ["length", "eos"],
  promptTexts: ["a", "b c"],
  responseTexts: [" d e", " f"],
};

test("each response has its own numbers; what there is none of is left out", () => {
  const ofTokens = { logprobs: Float32Array.of(-1.5, -2.5, -3.5, 0), values: undefined };
  expect(batchRows(rollout, Float32Array.of(0.5, 2), { ofRows: { adjustedScores: Float32Array.of(1, 4) }, ofTokens })).toEqual([
    {
      ...{ prompt: "a", response: " d e", score: 0.5, adjustedScores: 1, finishReason: "length", promptIds: Int32Array.of(5) },
      ...{ ids: Int32Array.of(8, 9), mask: Uint8Array.of(1, 1) },
      ...{ behaviourLogprobs: Float32Array.of(-1, -2), logprobs: Float32Array.of(-1.5, -2.5) },
    },
    {
      ...{ prompt: "b c", response: " f", score: 2, adjustedScores: 4, finishReason: "eos", promptIds: Int32Array.of(6, 7) },
      ...{ ids: Int32Array.of(4, 0), mask: Uint8Array.of(1, 0) },
      ...{ behaviourLogprobs: Float32Array.of(-3, 0), logprobs: Float32Array.of(-3.5, 0) },
    },
  ]);
});
