import { expect, test } from "vitest";
import { Clock } from "./clock.ts";
import { SharedLink } from "./shared-link.ts";

/** When transfers end that begin at their moments. */
function endsOf(
  bytesPerSecond: number,
  transfers: readonly { readonly at: number; readonly bytes: number; readonly most: number }[],
): number[] {
  const clock = new Clock();
  const link = new SharedLink(clock, bytesPerSecond);
  const ends: number[] = transfers.map(() => Number.NaN);
  for (const [index, { at, bytes, most }] of transfers.entries()) {
    const done = () => {
      ends[index] = clock.now;
    };
    clock.after(at, () => link.transfer({ bytes, most, done }));
  }
  clock.run();
  return ends;
}

test("one that is alone goes as fast as its own end takes, or the server gives", () => {
  expect(endsOf(10, [{ at: 1, bytes: 20, most: 5 }])).toEqual([1 + 4]);
  expect(endsOf(10, [{ at: 1, bytes: 20, most: 50 }])).toEqual([1 + 2]);
});

test("two share the server from when the second comes until the first has gone", () => {
  // 10 bytes alone in the first second; then 5 a second each: the first's other 10 take two more, and the second has 10 left, alone.
  const ends = endsOf(10, [
    { at: 0, bytes: 20, most: 50 },
    { at: 1, bytes: 20, most: 50 },
  ]);
  expect(ends).toEqual([3, 4]);
});

test("where each has a way of its own, none waits for another, and no bytes take no time", () => {
  const ends = endsOf(Number.POSITIVE_INFINITY, [
    { at: 0, bytes: 20, most: 5 },
    { at: 0, bytes: 20, most: 5 },
    { at: 3, bytes: 0, most: 5 },
  ]);
  expect(ends).toEqual([4, 4, 3]);
});
