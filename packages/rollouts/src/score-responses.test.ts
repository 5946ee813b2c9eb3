import { expect, test } from "vitest";
import { scoreRequest, scoreResponses, scoreResponsesApart } from "./score-responses.ts";
import type { TextRollout } from "./text-rollout.ts";

const rollout: TextRollout = {
  prompts: { ids: Int32Array.of(0, 1, 2, 3), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] },
  responses: { ids: Int32Array.of(7, 0, 8, 9), mask: Uint8Array.of(1, 0, 1, 1), shape: [2, 2] },
  behaviourLogprobs: new Float32Array(4),
  finishReasons: ["length", "eos"],
  promptTexts: ["a", "bc"],
  responseTexts: ["g", "h"],
};

test("a reward model is asked with texts, and ids without padding", () => {
  expect(scoreRequest(rollout)).toEqual({
    prompts: ["a", "bc"],
    responses: ["g", "h"],
    promptIds: [Int32Array.of(1), Int32Array.of(2, 3)],
    responseIds: [Int32Array.of(7), Int32Array.of(8, 9)],
  });
});

test.each([
  [Float32Array.of(1), /returned 1 scores for 2 responses; expected one each/],
  [Float32Array.of(1, Number.NaN), /returned NaN for response 2 of 2 \("h"\); expected a finite number/],
  [Float32Array.of(Number.POSITIVE_INFINITY, 1), /returned Infinity for response 1 of 2/],
  [undefined as unknown as Float32Array, /returned undefined scores/],
  [[1, 1e39], /returned 1e\+39 for response 2 of 2/],
  [["1", 2] as unknown as number[], /returned 1 for response 1 of 2 .* expected a finite number/],
])("%o is refused", async (scores, message) => {
  await expect(scoreResponses({ score: async () => scores }, scoreRequest(rollout))).rejects.toThrow(message);
});

test("the rows' columns reach the reward model, and parts of its scores are given apart, checked as the scores are", async () => {
  const asked = scoreRequest({ ...rollout, columns: { expected: ["x", undefined] } });
  const seen: unknown[] = [];
  const parts = (short: number) => (given: typeof asked) => {
    seen.push(given.columns);
    return { parts: { warm: [1, 2], short: [short, 0] } };
  };
  expect(await scoreResponsesApart(parts(0.5), asked)).toEqual({
    scores: Float32Array.of(1.5, 2),
    parts: { warm: Float32Array.of(1, 2), short: Float32Array.of(0.5, 0) },
  });
  expect(seen).toEqual([{ expected: ["x", undefined] }]);
  await expect(scoreResponses(parts(Number.NaN), asked)).rejects.toThrow('short: the reward model returned NaN for response 1 of 2 ("g")');
});

test("the signal reaches the reward model", async () => {
  const { signal } = new AbortController();
  const seen: unknown[] = [];
  const score = async (_: unknown, options?: { readonly signal?: AbortSignal }) => {
    seen.push(options?.signal);
    return Float32Array.of(1, 2);
  };
  await scoreResponses({ score }, scoreRequest(rollout), signal);
  expect(seen).toEqual([signal]);
});

test("a reward model that changes what it is given changes nothing else", async () => {
  const request = scoreRequest(rollout);
  const score = async (given: typeof request) => {
    (given.responses as string[])[0] = "changed";
    given.responseIds[1]!.fill(0);
    return Float32Array.of(1, 2);
  };
  await scoreResponses({ score }, request);
  expect(request).toEqual(scoreRequest(rollout));
  expect(rollout.responseTexts).toEqual(["g", "h"]);
});
