import { expect, test, vi } from "vitest";
import { combineRewards } from "./combine-rewards.ts";
import { requestOf } from "./fixtures/request.ts";
import { functionReward } from "./function-reward.ts";

const length = functionReward(({ responses }) => responses.map((text) => text.length));
const shouts = functionReward(({ responses }) => responses.map((text) => (text.endsWith("!") ? 1 : 0)));
const request = requestOf(["no", "yes!"]);

test("scores are the weighted sum of the parts", async () => {
  const reward = combineRewards([
    { model: length, weight: 0.5 },
    { model: shouts, weight: -3 },
  ]);
  expect(await reward.score(request)).toEqual(Float32Array.of(1, -1));
});

test("the parts' own scores are given by name", async () => {
  const reward = combineRewards([
    { model: length, weight: 0.5, name: "length" },
    { model: shouts, weight: -3 },
  ]);
  expect(await reward.scoreParts(request)).toEqual({
    scores: Float32Array.of(1, -1),
    parts: { length: Float32Array.of(2, 4), reward1: Float32Array.of(0, 1) },
  });
});

test("a part that gives nonsense is named", async () => {
  const reward = combineRewards([{ model: { score: async () => Float32Array.of(1, Number.NaN) }, weight: 1, name: "judge" }]);
  await expect(reward.score(request)).rejects.toThrow("reward model judge: the score of response 2 of 2 is NaN");
});

test("a sum that is too large for a score is refused", async () => {
  const reward = combineRewards([{ model: length, weight: 1e39, name: "length" }]);
  await expect(reward.score(request)).rejects.toThrow("reward model length: the score of response 1 of 2 is 2e+39");
});

test("when one part fails, the others are aborted", async () => {
  const aborted = vi.fn();
  const slow = functionReward((_, { signal }) => new Promise(() => signal?.addEventListener("abort", aborted)));
  const failing = functionReward(async () => {
    throw new Error("down");
  });
  const reward = combineRewards([
    { model: slow, weight: 1 },
    { model: failing, weight: 1 },
  ]);
  await expect(reward.score(request)).rejects.toThrow("down");
  expect(aborted).toHaveBeenCalledOnce();
});

test("what a part is made of itself is named behind its name", async () => {
  const made = functionReward(({ responses }) => ({ parts: { short: responses.map(() => 1), warm: responses.map(() => 2) } }));
  const { scores, parts } = await combineRewards([{ model: made, weight: 10, name: "style" }]).scoreParts(requestOf(["a"]));
  expect(scores).toEqual(Float32Array.of(30));
  expect(parts).toEqual({ style: Float32Array.of(3), "style/short": Float32Array.of(1), "style/warm": Float32Array.of(2) });
});

test("an abort rejects with its reason", async () => {
  const abort = new AbortController();
  const reward = combineRewards([{ model: functionReward(() => new Promise(() => {})), weight: 1 }]);
  const scores = reward.score(request, { signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(scores).rejects.toThrow("stopped");
});

test("disposing of the combination disposes of its parts", async () => {
  const dispose = vi.fn(async () => {});
  await combineRewards([
    { model: { ...length, dispose }, weight: 1 },
    { model: shouts, weight: 1 },
  ]).dispose();
  expect(dispose).toHaveBeenCalledOnce();
});

test.each([
  ["no part", [], "no reward model"],
  ["a weight that is no number", [{ model: length, weight: Number.NaN }], "the weight of reward0 is NaN"],
  [
    "two parts of one name",
    [
      { model: length, weight: 1, name: "same" },
      { model: shouts, weight: 1, name: "same" },
    ],
    "two reward models are named same",
  ],
])("%s is refused", (_, parts, message) => {
  expect(() => combineRewards(parts)).toThrow(message);
});
