import { expect, test } from "vitest";
import { RewardModelError } from "./error.ts";
import { requestOf } from "./fixtures/request.ts";
import { functionReward } from "./function-reward.ts";
import { type TolerantRewardOptions, tolerantReward } from "./tolerant-reward.ts";

/** A reward of lengths that fails as often as told, and one that fails for responses with an x. */
function failingReward(failures: number, options: TolerantRewardOptions = {}) {
  let calls = 0;
  const lines: string[] = [];
  const model = functionReward(
    ({ responses }) => {
      calls += 1;
      if (calls <= failures) throw new Error(`failure ${calls}`);
      return responses.map((text) => (text.includes("x") ? Number.NaN : text.length));
    },
    { name: "lengths" },
  );
  const reward = tolerantReward(model, { backoffMs: 1, onFault: (line) => lines.push(line), ...options });
  return { reward, lines, calls: () => calls };
}
const request = requestOf(["a", "bbb"]);

test("by itself a batch is scored again, twice, and each failure is told", async () => {
  const { reward, lines } = failingReward(2);
  expect(await reward.score(request)).toEqual(Float32Array.of(1, 3));
  expect(lines).toEqual([
    "scored again (1 of 2): reward model lengths failed: failure 1",
    "scored again (2 of 2): reward model lengths failed: failure 2",
  ]);
});

test("what fails each time fails with the last error", async () => {
  const { reward, calls } = failingReward(9);
  await expect(reward.score(request)).rejects.toThrow("failure 3");
  expect(calls()).toBe(3);
});

test("where scoring is to stop it fails at once", async () => {
  const { reward, calls } = failingReward(1, { onError: "stop" });
  await expect(reward.score(request)).rejects.toThrow("failure 1");
  expect(calls()).toBe(1);
});

test("rows that fail alone get the mean of the others, where they may be skipped", async () => {
  const { reward, lines } = failingReward(0, { onError: "skip" });
  expect(await reward.score(requestOf(["a", "x", "bbb"]))).toEqual(Float32Array.of(1, 2, 3));
  expect(lines).toEqual([
    "1 of 3 responses have no score, and get the others' mean: reward model lengths: the score of response 1 of 1 is NaN, wanted a finite number",
  ]);
  await expect(reward.score(requestOf(["x", "x"]))).rejects.toMatchObject({ code: "bad-scores" });
  await expect(reward.score(requestOf(["x"]))).rejects.toMatchObject({ code: "bad-scores" });
});

test("parts of the scores come through, those of a skipped row as their means, and each row is asked with its own columns", async () => {
  const parts = functionReward(({ responses, columns }) => ({
    parts: { length: responses.map((text) => (text === "x" ? Number.NaN : text.length)), level: columns!.level as number[] },
  }));
  const asked = { ...requestOf(["a", "x", "bbb"]), columns: { level: [1, 50, 3] } };
  expect(await tolerantReward(parts, { onError: "skip" }).scoreParts(asked)).toEqual({
    scores: Float32Array.of(2, 4, 6),
    parts: { length: Float32Array.of(1, 2, 3), level: Float32Array.of(1, 2, 3) },
  });
});

test("what had its attempts, or can't be mended by another, is not tried again", async () => {
  for (const onError of ["retry", "skip"] as const) {
    let calls = 0;
    const score = async () => {
      calls += 1;
      throw new RewardModelError("endpoint-failed", "gone");
    };
    await expect(tolerantReward({ score }, { onError }).score(request)).rejects.toThrow("gone");
    expect(calls).toBe(1);
  }
});

test("an abort while it waits rejects with its reason", async () => {
  const { reward } = failingReward(9, { backoffMs: 1e6 });
  const abort = new AbortController();
  const scores = reward.score(request, { signal: abort.signal });
  setImmediate(() => abort.abort(new Error("stopped")));
  await expect(scores).rejects.toThrow("stopped");
});

test.each([
  [{ onError: "later" as never }, 'onError is "later", wanted retry, skip, stop'],
  [{ retries: -1 }, "retries is -1"],
])("the options %o are refused", (options, message) => {
  expect(() => tolerantReward({ score: async () => new Float32Array(0) }, options)).toThrow(message);
});
