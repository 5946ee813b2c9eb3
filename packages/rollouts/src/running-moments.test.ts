import fc from "fast-check";
import { expect, test } from "vitest";
import { RunningMoments } from "./running-moments.ts";

test("1, 2, 3 and then 6: mean 3, unbiased deviation √(14/3)", () => {
  const moments = new RunningMoments();
  expect([moments.mean, moments.std]).toEqual([0, 1]);
  moments.update([1, 2, 3]);
  expect([moments.mean, moments.std]).toEqual([2, 1]);
  moments.update([6]);
  expect(moments.mean).toBeCloseTo(3, 12);
  expect(moments.std).toBeCloseTo(Math.sqrt(14 / 3), 12);
});

test("batches give what all numbers at once give, also through a saved state", () => {
  const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(numbers, fc.nat(40), (all, cut) => {
      const whole = new RunningMoments();
      whole.update(all);
      const first = new RunningMoments();
      first.update(all.slice(0, cut));
      const second = new RunningMoments();
      second.restore(JSON.parse(JSON.stringify(first.state())));
      second.update(all.slice(cut));
      expect(second.mean).toBeCloseTo(whole.mean, 9);
      expect(second.std).toBeCloseTo(whole.std, 7);
    }),
  );
});
