import fc from "fast-check";
import { expect, test } from "vitest";
import { GaeError } from "./error.ts";
import { groupAdvantages } from "./group-advantages.ts";

const scores = Float32Array.of(1, 3, 2, 2, 0, 8);
const rounded = (values: Float32Array) => [...values].map((value) => Math.round(value * 1e4) / 1e4);

test("GRPO: less the group's mean, by the group's deviation", () => {
  // groups (1, 3), (2, 2), (0, 8): means 2, 2, 4; deviations √2, 0, √32
  const { advantages, groupDeviations } = groupAdvantages({ scores, groupSize: 2, scale: "group" });
  const half = expect.closeTo(Math.SQRT1_2, 3);
  const minusHalf = expect.closeTo(-Math.SQRT1_2, 3);
  expect([...advantages]).toEqual([minusHalf, half, 0, 0, minusHalf, half]);
  expect([...groupDeviations]).toEqual([expect.closeTo(Math.SQRT2, 5), 0, expect.closeTo(4 * Math.SQRT2, 5)]);
});

test("Dr. GRPO: less the group's mean, and nothing else", () => {
  expect(rounded(groupAdvantages({ scores, groupSize: 2 }).advantages)).toEqual([-1, 1, 0, 0, -4, 4]);
});

test("by the batch's deviation: a group that differs little weighs little", () => {
  // mean 8/3; squared distances 39.3333 in all, / 5 = 7.8667, deviation 2.8048
  expect(rounded(groupAdvantages({ scores, groupSize: 2, scale: "batch", epsilon: 0 }).advantages)).toEqual([
    -0.3565, 0.3565, 0, 0, -1.4261, 1.4261,
  ]);
});

test("RLOO: less the mean of the others", () => {
  const { advantages } = groupAdvantages({ scores: Float32Array.of(1, 2, 6), groupSize: 3, baseline: "leave-one-out" });
  expect([...advantages]).toEqual([-3, -1.5, 4.5]);
});

test("REINFORCE++: no group, the batch whitened", () => {
  const { advantages } = groupAdvantages({ scores: Float32Array.of(1, 2, 3), groupSize: 1, baseline: "none", whiten: true, epsilon: 0 });
  expect([...advantages]).toEqual([-1, 0, 1]);
});

test("equal scores give advantages of exactly 0, even where their mean is rounded", () => {
  const equal = new Float32Array(6).fill(0.1);
  for (const scale of ["group", "batch", "none"] as const) {
    const { advantages } = groupAdvantages({ scores: equal, groupSize: 3, scale });
    expect(rounded(advantages)).toEqual(Array(6).fill(expect.closeTo(0, 9)));
  }
});

test("the advantages of a group add up to 0, and leave-one-out is n / (n − 1) times the group's mean", () => {
  const group = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(group, (values) => {
      const given = { scores: Float32Array.from(values), groupSize: values.length };
      const centred = groupAdvantages(given).advantages;
      const others = groupAdvantages({ ...given, baseline: "leave-one-out" }).advantages;
      expect(centred.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 4);
      centred.forEach((x, i) => {
        expect(others[i]).toBeCloseTo((x * values.length) / (values.length - 1), 4);
      });
    }),
  );
});

test("what makes no groups is refused", () => {
  expect(() => groupAdvantages({ scores, groupSize: 4 })).toThrow(GaeError);
  expect(() => groupAdvantages({ scores, groupSize: 4 })).toThrow("6 scores don't make groups of 4");
  expect(() => groupAdvantages({ scores, groupSize: 1 })).toThrow("a group of 1 has nothing to be compared with");
  expect(() => groupAdvantages({ scores, groupSize: 2, scale: "row" as never })).toThrow("scale is row");
});
