import { expect, test } from "vitest";
import { ResponseRecorder } from "./response-recorder.ts";

test("each row takes tokens until one of them ends it, or the limit is reached", () => {
  const recorder = new ResponseRecorder(3, 3);
  const endedBy = (id: number) => (id === 0 ? "eos" : id === 9 ? "stop" : undefined);
  recorder.add(Int32Array.of(5, 0, 6), Float32Array.of(-1, -2, -3), endedBy);
  expect([...recorder.running]).toEqual([0, 2]);
  expect([...recorder.lastIds]).toEqual([5, 6]);
  recorder.add(Int32Array.of(9, 6), Float32Array.of(-4, -6), endedBy);
  expect([...recorder.running]).toEqual([2]);
  recorder.add(Int32Array.of(8), Float32Array.of(-9), endedBy);
  expect([...recorder.running]).toEqual([]);
  const { responses, behaviourLogprobs, finishReasons } = recorder.result();
  expect(responses.shape).toEqual([3, 3]);
  expect([...responses.ids]).toEqual([5, 9, 0, /**/ 0, 0, 0, /**/ 6, 6, 8]);
  expect([...responses.mask]).toEqual([1, 1, 0, /**/ 1, 0, 0, /**/ 1, 1, 1]);
  expect([...behaviourLogprobs]).toEqual([-1, -4, 0, /**/ -2, 0, 0, /**/ -3, -6, -9]);
  expect(finishReasons).toEqual(["stop", "eos", "length"]);
});
