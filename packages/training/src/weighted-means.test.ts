import { expect, test } from "vitest";
import { WeightedMeans } from "./weighted-means.ts";

test("parts weigh as much as they count", () => {
  const means = new WeightedMeans();
  means.add(1, { loss: 2, norm: 1 });
  means.add(3, { loss: 6, norm: 1 });
  expect(means.read()).toEqual({ loss: 5, norm: 1 });
});

test("a number that a part lacks is the mean of the others; before the first part there are none", () => {
  const means = new WeightedMeans();
  expect(means.read()).toEqual({});
  means.add(2, { loss: 4, entropy: undefined });
  means.add(2, { loss: 0, entropy: 3 });
  expect(means.read()).toEqual({ loss: 2, entropy: 3 });
});
