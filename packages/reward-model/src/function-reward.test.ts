import { expect, test, vi } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { functionReward } from "./function-reward.ts";

const request = requestOf(["a", "bcd"]);

test("a function's numbers are the scores", async () => {
  const lengths = functionReward(({ responses }) => responses.map((text) => text.length));
  expect(await lengths.score(request)).toEqual(Float32Array.of(1, 3));
});

test("a function may answer later", async () => {
  expect(await functionReward(async () => Float32Array.of(1, 2)).score(request)).toEqual(Float32Array.of(1, 2));
});

test("a wrong answer is refused under the function's name", async () => {
  await expect(
    functionReward(function half() {
      return [1];
    }).score(request),
  ).rejects.toThrow("reward model half gave 1 scores for 2 rows");
  await expect(functionReward(() => [1], { name: "judge" }).score(request)).rejects.toThrow("reward model judge");
});

test("what the function throws comes through", async () => {
  await expect(
    functionReward(() => {
      throw new Error("out of paper");
    }).score(request),
  ).rejects.toThrow("out of paper");
});

test("an abort rejects with its reason though the function never answers", async () => {
  const abort = new AbortController();
  const scores = functionReward(() => new Promise(() => {})).score(request, { signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(scores).rejects.toThrow("stopped");
});

test("an abort while the function runs rejects with its reason, whatever the function does then", async () => {
  const abort = new AbortController();
  const reward = functionReward(async () => {
    abort.abort(new Error("stopped"));
    throw new Error("its own");
  });
  await expect(reward.score(request, { signal: abort.signal })).rejects.toThrow("stopped");
});

test("nothing is called once aborted", async () => {
  const score = vi.fn(() => [1, 2]);
  await expect(functionReward(score).score(request, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  expect(score).not.toHaveBeenCalled();
});
