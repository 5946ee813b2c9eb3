import { expect, test } from "vitest";
import { thin } from "./thin.js";

const count = 10_000;
const x = Array.from({ length: count }, (_, i) => i + 1);
const values = x.map((step) => (step === 5_000 ? 99 : step === 7_001 ? -99 : Math.sin(step)));

test("a short curve stays as it is", () => {
  const table = [x.slice(0, 50), values.slice(0, 50), values.slice(0, 50)];
  expect(thin(table, 100, undefined)).toEqual(table);
});

test("a long one keeps its peaks at their places, its order, and its newest point", () => {
  const [steps, kept, curve] = thin([x, values, x], 1000, undefined);
  expect(kept!.length).toBeLessThanOrEqual(1001);
  expect(kept!.length).toBeGreaterThan(900);
  expect(steps![kept!.indexOf(99)]).toBe(5_000);
  expect(steps![kept!.indexOf(-99)]).toBe(7_001);
  expect(curve).toEqual(steps);
  expect(steps!.at(-1)).toBe(count);
  expect([...steps!].sort((a, b) => a! - b!)).toEqual(steps);
});

test("of a range only what lies in it, and a point on either side", () => {
  const [steps] = thin([x, values, values], 1000, [100.5, 110.5]);
  expect(steps).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111]);
});

test("gaps are no peaks", () => {
  const gapped = values.map((value, i) => (i % 2 === 0 ? null : value));
  const [, kept] = thin([x, gapped, gapped], 1000, undefined);
  expect(kept!.filter((value) => value === null).length).toBeLessThan(3);
  expect(kept).toContain(99);
});
