import { expect, test } from "vitest";
import { type Attempt, withRetries } from "./retry.ts";

/** Attempts that end as listed; the waits between are recorded. */
async function run(outcomes: readonly Attempt<string>[], options: { retries: number; backoffMs: number; longestWaitMs: number }) {
  const waits: number[] = [];
  let attempts = 0;
  const outcome = await withRetries(async () => outcomes[attempts++]!, {
    ...options,
    wait: async (milliseconds) => waits.push(milliseconds),
  });
  return { outcome, waits, attempts };
}
const failure = { failure: "down" };
const options = { retries: 5, backoffMs: 100, longestWaitMs: 500 };

test("a result is returned at once", async () => {
  expect(await run([{ result: "ok" }], options)).toEqual({ outcome: { result: "ok" }, waits: [], attempts: 1 });
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
  expect(await run(outcomes, { ...options, retries: 2 })).toEqual({ outcome: { failure: "still down" }, waits: [100, 200], attempts: 3 });
});

test("what an attempt throws is not tried again", async () => {
  let attempts = 0;
  const refused = withRetries(async () => {
    attempts += 1;
    throw new Error("refused");
  }, options);
  await expect(refused).rejects.toThrow("refused");
  expect(attempts).toBe(1);
});

test("an abort ends the wait with its reason", async () => {
  const abort = new AbortController();
  const waiting = withRetries(async () => failure, { retries: 1, backoffMs: 1e6, longestWaitMs: 1e6, signal: abort.signal });
  setImmediate(() => abort.abort(new Error("stopped")));
  await expect(waiting).rejects.toThrow("stopped");
});
