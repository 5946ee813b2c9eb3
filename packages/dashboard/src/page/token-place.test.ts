import { expect, test } from "vitest";
import { movedBy } from "./token-place.js";

const lengths = [3, 1, 5];
const from = (row: number, token: number, ...keys: string[]) => keys.reduce((place, key) => movedBy(place, key, lengths)!, { row, token });

test("left and right go token by token, on into the next response, and stop at the ends", () => {
  expect(from(0, 1, "ArrowRight", "ArrowRight")).toEqual({ row: 1, token: 0 });
  expect(from(1, 0, "ArrowLeft")).toEqual({ row: 0, token: 2 });
  expect(from(0, 0, "ArrowLeft")).toEqual({ row: 0, token: 0 });
  expect(from(2, 4, "ArrowRight")).toEqual({ row: 2, token: 4 });
});

test("up and down go between responses, at most to the last token of a shorter one", () => {
  expect(from(2, 4, "ArrowUp")).toEqual({ row: 1, token: 0 });
  expect(from(0, 2, "ArrowDown", "ArrowDown", "ArrowDown")).toEqual({ row: 2, token: 0 });
  expect(from(0, 1, "End")).toEqual({ row: 0, token: 2 });
  expect(from(2, 3, "Home")).toEqual({ row: 2, token: 0 });
});

test("other keys lead nowhere", () => {
  expect(movedBy({ row: 0, token: 0 }, "x", lengths)).toBeUndefined();
});

test("responses without a token, as those that were cut, are passed over", () => {
  const steps = (row: number, token: number, key: string) => movedBy({ row, token }, key, [2, 0, 0, 3]);
  expect(steps(0, 1, "ArrowRight")).toEqual({ row: 3, token: 0 });
  expect(steps(3, 0, "ArrowLeft")).toEqual({ row: 0, token: 1 });
  expect(steps(3, 2, "ArrowUp")).toEqual({ row: 0, token: 1 });
  expect(movedBy({ row: 0, token: 1 }, "ArrowDown", [2, 0])).toEqual({ row: 0, token: 1 });
});
