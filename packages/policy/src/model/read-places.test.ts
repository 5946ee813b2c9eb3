import { expect, test } from "vitest";
import { readPlaces } from "./read-places.ts";

test("tokens that are read stand without gaps, in the order in which they were asked for", () => {
  const { places, rankAt } = readPlaces(Int32Array.of(3, -1, 7, 5, -1));
  expect([...places]).toEqual([3, 7, 5]);
  expect([...rankAt]).toEqual([0, -1, 1, 2, -1]);
});

test("where nothing is read, one token goes on, and is asked for nowhere", () => {
  const { places, rankAt } = readPlaces(Int32Array.of(-1, -1));
  expect([...places]).toEqual([0]);
  expect([...rankAt]).toEqual([-1, -1]);
});
