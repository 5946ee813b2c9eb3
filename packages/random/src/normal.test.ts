import fc from "fast-check";
import { expect, test } from "vitest";
import { normal, normals } from "./normal.ts";
import { uniform } from "./uniform.ts";

const count = 200_000;
const numbers = normals({ seed: 7, stream: "test", counters: [1], count });
const moment = (power: number) => numbers.reduce((sum, x) => sum + x ** power, 0) / count;

test("two uniform numbers make two normal ones (Box and Muller)", () => {
  const draw = (index: number) => ({ seed: 3, stream: "pair", counters: [5, index] });
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(draw(0))));
  const angle = 2 * Math.PI * uniform(draw(1));
  expect(normal(draw(0))).toBeCloseTo(radius * Math.cos(angle), 12);
  expect(normal(draw(1))).toBeCloseTo(radius * Math.sin(angle), 12);
});

test("the bulk form gives the single draws", () => {
  const prefixes = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.string(), prefixes, fc.nat(9), (seed, stream, counters, length) => {
      const single = Array.from({ length }, (_, i) => normal({ seed, stream, counters: [...counters, i] }));
      expect([...normals({ seed, stream, counters, count: length })]).toEqual(single);
    }),
  );
});

test("the first four moments are 0, 1, 0, 3", () => {
  const deviations = [moment(1), moment(2) - 1, moment(3), moment(4) - 3];
  const variances = [1, 2, 15, 96];
  for (const [i, deviation] of deviations.entries()) expect(Math.abs(deviation)).toBeLessThan(4 * Math.sqrt(variances[i]! / count));
});

test("as many numbers lie beyond 1, 2, 3 and 4 as should", () => {
  const shares = [0.31731050786, 0.04550026389, 0.00269979606, 0.00006334248];
  for (const [i, share] of shares.entries()) {
    const beyond = numbers.reduce((n, x) => n + (Math.abs(x) > i + 1 ? 1 : 0), 0);
    expect(Math.abs(beyond - share * count)).toBeLessThan(4 * Math.sqrt(share * count));
  }
});

test("all are finite", () => {
  expect(numbers.every(Number.isFinite)).toBe(true);
});
