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

/** The float32 numbers around it. */
const ulp = (x: number) => {
  const bits = new Int32Array(Float32Array.of(x).buffer);
  return new Float32Array(Int32Array.of(bits[0]! + 1).buffer)[0]! - Math.fround(x);
};

test.each([
  ["of 1", [1, 1, 1]],
  ["of −7.5", [-7.5, -7.5]],
  ["of 0", [0, 0, 0]],
  ["but for float64's rounding", [0.1 + 0.2, 0.3, 0.3]],
  ["but for a unit in the last place of float32", [1e6 - ulp(1e6), 1e6, 1e6 + ulp(1e6)]],
  ["but for the rounding of a network", [5, 5 + 6 * ulp(5), 5 - 6 * ulp(5)]],
  ["but for such a unit, of small scores", [1e-6, 1e-6 + ulp(1e-6)]],
  ["but for such a unit, of huge ones", [3e37, 3e37 + ulp(3e37)]],
])("equal scores %s tell nothing of their spread: deviation 1, over many batches too", (_, scores) => {
  const moments = new RunningMoments();
  for (let batch = 0; batch < 100; batch++) {
    moments.update(scores);
    expect(moments.std).toBe(1);
  }
});

test("the first score that differs gives a deviation: 1, 1, 1 and then 0 have √(¼·3/3) = ½", () => {
  const moments = new RunningMoments();
  moments.update([1, 1, 1]);
  moments.update([0]);
  expect(moments.std).toBeCloseTo(0.5, 12);
});

test("small is not equal: 1e-12 and 3e-12, or a million and a million and ten, have the deviation that they have", () => {
  const std = (scores: readonly number[]) => {
    const moments = new RunningMoments();
    moments.update(scores);
    return moments.std;
  };
  expect(std([1e-12, 3e-12])).toBeCloseTo(Math.SQRT2 * 1e-12, 20);
  expect(std([1e6, 1e6 + 10])).toBeCloseTo(Math.SQRT2 * 5, 6);
  expect(std([-1e-9, 1e-9])).toBeCloseTo(Math.SQRT2 * 1e-9, 18);
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
