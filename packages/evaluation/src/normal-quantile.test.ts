import { expect, test } from "vitest";
import { normalQuantile } from "./normal-quantile.ts";

// Tables of the normal distribution.
test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.95, 1.6448536269514722],
  [0.995, 2.5758293035489004],
  [0.001, -3.090232306167813],
])("a standard normal variable lies below the quantile with probability %d", (p, quantile) => {
  expect(Math.abs(normalQuantile(p) - quantile)).toBeLessThan(1e-8);
});
