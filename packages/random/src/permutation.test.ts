import fc from "fast-check";
import { expect, test } from "vitest";
import { RandomError } from "./error.ts";
import { permutation } from "./permutation.ts";

test("every number stands in it once", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(50), (seed, length) => {
      const order = permutation({ seed, stream: "prompts", counters: [], length });
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    }),
  );
});

test("another pass over the data is another order", () => {
  const pass = (counter: number) => permutation({ seed: 7, stream: "prompts", counters: [counter], length: 20 }).join();
  expect(pass(0)).toBe(pass(0));
  expect(pass(0)).not.toBe(pass(1));
});

test("all 24 orders of four things are equally frequent (chi-square)", () => {
  const counts = new Map<string, number>();
  const draws = 12_000;
  for (let i = 0; i < draws; i++) {
    const order = permutation({ seed: 7, stream: "test", counters: [i], length: 4 }).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const statistic = [...counts.values()].reduce((sum, n) => sum + (n - draws / 24) ** 2 / (draws / 24), 0);
  expect(statistic).toBeLessThan(23 + 4 * Math.sqrt(2 * 23));
});

test("a length that can't be is refused", () => {
  expect(() => permutation({ seed: 7, stream: "test", counters: [], length: -1 })).toThrow(RandomError);
});
