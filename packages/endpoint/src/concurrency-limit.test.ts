import { expect, test } from "vitest";
import { concurrencyLimit } from "./concurrency-limit.ts";

/** Work that ends when it is told to. */
function work() {
  let [begun, end] = [false, () => {}];
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async () => {
    begun = true;
    await ended;
  };
  return { run, end: () => end(), hasBegun: () => begun };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("no more goes on at a time than that, and the rest follows in its order", async () => {
  const limit = concurrencyLimit(2);
  const works = [work(), work(), work(), work()];
  const done = works.map(({ run }) => limit(run));
  const begun = async () => {
    await turn();
    return works.map(({ hasBegun }) => hasBegun());
  };
  expect(await begun()).toEqual([true, true, false, false]);
  works[1]!.end();
  expect(await begun()).toEqual([true, true, true, false]);
  works[0]!.end();
  expect(await begun()).toEqual([true, true, true, true]);
  works[2]!.end();
  works[3]!.end();
  await Promise.all(done);
});

test("work that fails makes room as well, and its error is passed on", async () => {
  const limit = concurrencyLimit(1);
  await expect(limit(() => Promise.reject(new Error("down")))).rejects.toThrow("down");
  expect(await limit(async () => 7)).toBe(7);
});

test("work that is aborted while it waits is never begun, and takes nobody's turn", async () => {
  const limit = concurrencyLimit(1);
  const [first, second, third] = [work(), work(), work()];
  const abort = new AbortController();
  const done = [limit(first.run), limit(third.run)];
  const aborted = limit(second.run, abort.signal);
  abort.abort(new Error("stopped"));
  await expect(aborted).rejects.toThrow("stopped");
  await expect(limit(second.run, abort.signal)).rejects.toThrow("stopped");
  first.end();
  await turn();
  expect(third.hasBegun()).toBe(true);
  third.end();
  await Promise.all(done);
  expect(second.hasBegun()).toBe(false);
});
