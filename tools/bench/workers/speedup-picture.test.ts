import { expect, test } from "vitest";
import { drawSpeedups } from "./speedup-picture.ts";

const picture = drawSpeedups({
  workers: [1, 2, 4],
  panels: [
    { title: "a slow learner", bound: 2, curves: [{ name: "adapter", color: "#123456", values: [1, 1.5, 1.9] }] },
    { title: "a fast learner", bound: 8, curves: [{ name: "adapter", color: "#123456", values: [1, 2, 4] }] },
  ],
});
const lines = [...picture.matchAll(/points="([^"]+)"/g)].map(([, points]) =>
  points!.split(" ").map((point) => point.split(",").map(Number) as [number, number]),
);

test("twice as fast by twice the workers is a straight line upwards, and both panels have one scale", () => {
  const [slow, fast] = lines as [[number, number][], [number, number][]];
  expect(fast[1]![0] - fast[0]![0]).toBeCloseTo(fast[2]![0] - fast[1]![0], 0);
  expect(fast[0]![1] - fast[1]![1]).toBeCloseTo(fast[1]![1] - fast[2]![1], 0);
  expect(fast[1]![1]).toBeLessThan(fast[0]![1]); // up is less
  expect(slow[0]![1]).toBe(fast[0]![1]);
});

test("each panel tells its title and what bounds it, and a curve is named once", () => {
  expect(picture).toContain("a slow learner");
  expect(picture).toContain("the update alone: 2.0");
  expect(picture).toContain("the update alone: 8.0");
  expect(picture.match(/>adapter</g)).toHaveLength(1);
  expect(picture.match(/<circle/g)).toHaveLength(6);
});
