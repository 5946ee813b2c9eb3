import { keptOf } from "@cai/contracts";
import { expect, test } from "vitest";
import { ResponseRecorder } from "./response-recorder.ts";

test("each row takes tokens until one of them ends it, or the limit is reached", () => {
  const recorder = new ResponseRecorder(3, 3);
  const endedBy = (id: number) => (id === 0 ? "eos" : id === 9 ? "stop" : undefined);
  recorder.add({ ids: Int32Array.of(5, 0, 6), logprobs: Float32Array.of(-1, -2, -3) }, endedBy);
  expect([...recorder.running]).toEqual([0, 2]);
  expect([...recorder.lastIds]).toEqual([5, 6]);
  recorder.add({ ids: Int32Array.of(9, 6), logprobs: Float32Array.of(-4, -6) }, endedBy);
  expect([...recorder.running]).toEqual([2]);
  recorder.add({ ids: Int32Array.of(8), logprobs: Float32Array.of(-9) }, endedBy);
  expect([...recorder.running]).toEqual([]);
  const { responses, behaviourLogprobs, finishReasons, keptTokens } = recorder.result();
  expect(responses.shape).toEqual([3, 3]);
  expect([...responses.ids]).toEqual([5, 9, 0, /**/ 0, 0, 0, /**/ 6, 6, 8]);
  expect([...responses.mask]).toEqual([1, 1, 0, /**/ 1, 0, 0, /**/ 1, 1, 1]);
  expect([...behaviourLogprobs]).toEqual([-1, -4, 0, /**/ -2, 0, 0, /**/ -3, -6, -9]);
  expect(finishReasons).toEqual(["stop", "eos", "length"]);
  expect(keptTokens).toBeUndefined();
});

test("what tokens were drawn from stands in their cells, and nothing at padding", () => {
  const recorder = new ResponseRecorder(2, 2);
  const endedBy = (id: number) => (id === 0 ? "eos" : undefined);
  recorder.add({ ids: Int32Array.of(0, 1), logprobs: new Float32Array(2), kept: [Int32Array.of(0, 7), Int32Array.of(1)] }, endedBy);
  recorder.add({ ids: Int32Array.of(3), logprobs: new Float32Array(1), kept: [Int32Array.of(2, 3)] }, endedBy);
  const { keptTokens } = recorder.result();
  expect([0, 1, 2, 3].map((cell) => [...keptOf(keptTokens!, cell)])).toEqual([[0, 7], [], [1], [2, 3]]);
});
