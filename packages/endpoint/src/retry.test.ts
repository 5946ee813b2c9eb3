import { expect, test } from "vitest";
import { type Attempt, withRetries } from "./retry.ts";

/** Attempts that end as listed; the waits between are recorded. */
async function run(
  outcomes: readonly Attempt<string>[],
  options: { retries: number; backoffMs: number; longestWaitMs: number; totalMs?: number; takesMs?: number },
) {
  const waits: number[] = [];
  const left: number[] = [];
  let now = 0;
  const attempt = async (leftMs: number) => {
    left.push(leftMs);
    now += options.takesMs ?? 0;
    return outcomes[left.length - 1]!;
  };
  const { outcome, attempts } = await withRetries(attempt, {
    totalMs: 1e6,
    ...options,
    clock: () => now,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  });
  expect(left.length).toBe(attempts);
  return { outcome, waits, attempts, left };
}
const failure = { failure: "down" };
const options = { retries: 5, backoffMs: 100, longestWaitMs: 500 };

test("a result is returned at once", async () => {
  expect(await run([{ result: "ok" }], options)).toMatchObject({ outcome: { result: "ok" }, waits: [], attempts: 1 });
});

test("waits double up to the longest", async () => {
  expect(await run([failure, failure, failure, failure, { result: "ok" }], options)).toMatchObject({
    waits: [100, 200, 400, 500],
    attempts: 5,
  });
});

test("a wait that the other side asks for goes before the backoff, up to the longest", async () => {
  const outcomes = [{ ...failure, waitMs: 0 }, { ...failure, waitMs: 9000 }, failure, { result: "ok" }];
  expect(await run(outcomes, options)).toMatchObject({ waits: [0, 500, 400] });
});

test("the last failure is returned when no attempt is left", async () => {
  const outcomes = [failure, failure, { failure: "still down" }];
  expect(await run(outcomes, { ...options, retries: 2 })).toMatchObject({
    outcome: { failure: "still down" },
    waits: [100, 200],
    attempts: 3,
  });
});

test("no attempt begins when the time is over, and each is told what is left of it", async () => {
  const outcomes = [failure, failure, failure, { result: "too late" }];
  expect(await run(outcomes, { ...options, takesMs: 50, totalMs: 500 })).toEqual({
    outcome: failure,
    waits: [100, 200],
    attempts: 3, // 450 ms; the next wait would end at 850
    left: [500, 350, 100],
  });
  expect(await run([{ ...failure, waitMs: 9000 }], { ...options, longestWaitMs: 1e9, totalMs: 8000 })).toMatchObject({
    attempts: 1,
    waits: [],
  });
});

test("what an attempt throws is not tried again", async () => {
  let attempts = 0;
  const refused = withRetries(
    async () => {
      attempts += 1;
      throw new Error("refused");
    },
    { ...options, totalMs: 1e6 },
  );
  await expect(refused).rejects.toThrow("refused");
  expect(attempts).toBe(1);
});

test("an abort ends the wait with its reason", async () => {
  const abort = new AbortController();
  const waiting = withRetries(async () => failure, { retries: 1, backoffMs: 1e6, longestWaitMs: 1e6, totalMs: 1e9, signal: abort.signal });
  setImmediate(() => abort.abort(new Error("stopped")));
  await expect(waiting).rejects.toThrow("stopped");
});
