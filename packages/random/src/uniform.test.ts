import fc from "fast-check";
import { expect, test } from "vitest";
import { uniform, uniforms, unit } from "./uniform.ts";

const count = 200_000;
const numbers = uniforms({ seed: 7, stream: "test", counters: [1], count });

test("53 of 64 bits make a number below 1", () => {
  const ones = new Uint32Array(4).fill(0xffffffff);
  expect(unit(ones, 0)).toBe(1 - 2 ** -53);
  expect(unit(Uint32Array.of(0, 0, 2 ** 31, 0), 0)).toBe(0);
  expect(unit(Uint32Array.of(0, 0, 2 ** 31, 0), 1)).toBe(0.5);
  expect(unit(Uint32Array.of(0, 64, 0, 0), 0)).toBe(2 ** -53);
});

test("the bulk form gives the single draws", () => {
  const prefixes = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.string(), prefixes, fc.nat(9), (seed, stream, counters, length) => {
      const single = Array.from({ length }, (_, i) => uniform({ seed, stream, counters: [...counters, i] }));
      expect([...uniforms({ seed, stream, counters, count: length })]).toEqual(single);
    }),
  );
});

test("mean and variance are 1/2 and 1/12", () => {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / count;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / count));
});

test("a thousand bins are filled evenly (chi-square), by single numbers and by neighbouring pairs", () => {
  const bins = new Float64Array(1000);
  for (const x of numbers) bins[Math.floor(x * 1000)]!++;
  expect(chiSquare(bins)).toBeLessThan(4);
  const pairs = new Float64Array(1024);
  for (let i = 0; i + 1 < count; i++) pairs[Math.floor(numbers[i]! * 32) * 32 + Math.floor(numbers[i + 1]! * 32)]!++;
  expect(chiSquare(pairs)).toBeLessThan(4);
});

test("neighbours in seed, stream and each counter are uncorrelated", () => {
  const series = [
    uniforms({ seed: 8, stream: "test", counters: [1], count }),
    uniforms({ seed: 7, stream: "tesu", counters: [1], count }),
    uniforms({ seed: 7, stream: "test", counters: [2], count }),
    uniforms({ seed: 7, stream: "test", counters: [1, 0], count }),
    numbers.slice(1),
  ];
  for (const other of series) {
    let covariance = 0;
    for (let i = 0; i < other.length; i++) covariance += (numbers[i]! - 0.5) * (other[i]! - 0.5);
    expect(Math.abs((12 * covariance) / other.length)).toBeLessThan(4 / Math.sqrt(other.length));
  }
});

/** How many standard deviations the statistic is from its mean. */
function chiSquare(bins: Float64Array): number {
  const expected = bins.reduce((sum, n) => sum + n, 0) / bins.length;
  const statistic = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  return Math.abs(statistic - (bins.length - 1)) / Math.sqrt(2 * (bins.length - 1));
}
