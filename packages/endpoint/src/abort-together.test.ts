import { expect, test, vi } from "vitest";
import { abortTogether } from "./abort-together.ts";

/** Rejects with the signal's reason once it is aborted. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

test("the work's result is the result, and its signal stays quiet", async () => {
  const shared: AbortSignal[] = [];
  const result = await abortTogether(undefined, async (signal) => {
    shared.push(signal);
    return 7;
  });
  expect(result).toBe(7);
  expect(shared[0]!.aborted).toBe(false);
});

test("when one of several fails, the others are aborted with its error", async () => {
  const fault = new Error("down");
  const aborted = vi.fn();
  const work = (signal: AbortSignal) => Promise.all([untilAborted(signal).catch(aborted), Promise.reject(fault)]);
  await expect(abortTogether(undefined, work)).rejects.toBe(fault);
  expect(aborted).toHaveBeenCalledExactlyOnceWith(fault);
});

test("an abort from outside aborts all of it, with the same reason", async () => {
  const outside = new AbortController();
  const reason = new Error("stopped");
  const result = abortTogether(outside.signal, (signal) => Promise.all([untilAborted(signal), untilAborted(signal)]));
  outside.abort(reason);
  await expect(result).rejects.toBe(reason);
});

test("with a signal that was aborted before, nothing is begun", async () => {
  const work = vi.fn(untilAborted);
  await expect(abortTogether(AbortSignal.abort(new Error("stopped")), work)).rejects.toThrow("stopped");
  expect(work).not.toHaveBeenCalled();
});

test("afterwards nothing listens to the signal from outside", async () => {
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  await abortTogether(signal, async () => {});
  await abortTogether(signal, () => Promise.reject(new Error("down"))).catch(() => {});
  expect(removed.mock.calls).toEqual(added.mock.calls);
  expect(added).toHaveBeenCalledTimes(2);
});
