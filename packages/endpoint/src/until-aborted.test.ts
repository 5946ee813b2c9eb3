import { expect, test, vi } from "vitest";
import { untilAborted } from "./until-aborted.ts";

const never = new Promise<never>(() => {});

test("a result is the result, at once or later, with a signal or without", async () => {
  expect(await untilAborted(7, undefined)).toBe(7);
  expect(await untilAborted(Promise.resolve(8), new AbortController().signal)).toBe(8);
});

test("an abort ends the wait with its reason, also one from before", async () => {
  const abort = new AbortController();
  const waiting = untilAborted(never, abort.signal);
  abort.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  await expect(untilAborted(never, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
});

test("what the work throws is passed on, and nothing listens to the signal afterwards", async () => {
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  await expect(untilAborted(Promise.reject(new Error("down")), signal)).rejects.toThrow("down");
  expect(added).toHaveBeenCalledOnce();
  expect(removed.mock.calls).toEqual(added.mock.calls);
});
