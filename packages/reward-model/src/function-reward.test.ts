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

test.each([
  [new Error("out of paper"), "out of paper"],
  [undefined, "it threw undefined"],
  ["paper", "it threw paper"],
])("what the function throws, %o, is told under its name, and is the cause", async (thrown, reason) => {
  const reward = functionReward(
    () => {
      throw thrown;
    },
    { name: "judge" },
  );
  await expect(reward.score(request)).rejects.toMatchObject({
    code: "function-failed",
    message: `reward model judge failed: ${reason}`,
    cause: thrown,
  });
});

test("an answer that never comes is given up, where there is a limit, and the function is told", async () => {
  let told: unknown;
  const never = functionReward(
    (_, { signal }) =>
      new Promise(() => {
        signal?.addEventListener("abort", () => {
          told = signal.reason;
        });
      }),
    { name: "judge", timeoutMs: 20 },
  );
  await expect(never.score(request)).rejects.toMatchObject({
    code: "timed-out",
    message: "reward model judge takes more than 0.02 seconds for a batch: mend it, or allow more (timeoutMs)",
  });
  expect(told).toMatchObject({ code: "timed-out" });
  expect(await functionReward(async () => [1, 2], { timeoutMs: 60_000 }).score(request)).toEqual(Float32Array.of(1, 2));
  const abort = new AbortController();
  const scores = functionReward(() => new Promise(() => {}), { timeoutMs: 60_000 }).score(request, { signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(scores).rejects.toThrow("stopped");
});

test("a function can't change what it is given", async () => {
  const given = requestOf(["a", "b"], [[1], [2]]);
  const reward = functionReward((own) => {
    (own.responses as string[])[0] = "changed";
    own.responseIds[1]!.fill(9);
    return [1, 2];
  });
  await reward.score(given);
  expect(given).toEqual(requestOf(["a", "b"], [[1], [2]]));
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
