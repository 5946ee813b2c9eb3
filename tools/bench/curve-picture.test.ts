import { expect, test } from "vitest";
import { drawCurves, ticksAround } from "./curve-picture.mjs";

test("ticks reach from below the smallest to above the largest value, in steps of 1, 2 and 5", () => {
  expect(ticksAround(0.3, 12)).toEqual([0.2, 0.5, 1, 2, 5, 10, 20]);
  expect(ticksAround(1, 10)).toEqual([1, 2, 5, 10]);
  expect(ticksAround(3, 3)).toEqual([2, 5]);
});

test("growth in proportion is a straight line: equal factors are equal distances", () => {
  const svg = drawCurves({
    x: [1, 10, 100],
    xTitle: "rows",
    curves: [{ name: "time", unit: "s", color: "#123456", values: [1, 10, 100] }],
  });
  const [a, b, c] = /points="([^"]+)"/
    .exec(svg)![1]!
    .split(" ")
    .map((point) => point.split(",").map(Number)) as [number[], number[], number[]];
  expect(b[0]! - a[0]!).toBeCloseTo(c[0]! - b[0]!, 0);
  expect(a[1]! - b[1]!).toBeCloseTo(b[1]! - c[1]!, 0);
  expect(b[1]!).toBeLessThan(a[1]!); // up is less
});

test("every curve has a panel with its name and a point for each value", () => {
  const curves = [
    { name: "time", unit: "s", color: "red", values: [1, 2] },
    { name: "memory", unit: "GB", color: "blue", values: [3, 4] },
  ];
  const svg = drawCurves({ x: [1, 2], xTitle: "rows", curves });
  expect(svg).toContain("time, s");
  expect(svg).toContain("memory, GB");
  expect(svg.match(/<circle/g)).toHaveLength(4);
});
