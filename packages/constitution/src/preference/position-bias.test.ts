import { expect, test } from "vitest";
import { positionBias } from "./position-bias.ts";

test("0 where the order doesn't matter, half where only the order does, below 0 for the second place", () => {
  expect(positionBias({ shownFirst: 0.9, shownSecond: 0.9 })).toBe(0);
  expect(positionBias({ shownFirst: 1, shownSecond: 0 })).toBe(0.5);
  expect(positionBias({ shownFirst: 0.25, shownSecond: 0.5 })).toBe(-0.125);
});
