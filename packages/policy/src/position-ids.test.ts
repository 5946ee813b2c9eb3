import fc from "fast-check";
import { expect, test } from "vitest";
import { positionIds } from "./position-ids.ts";

test("padding on the left stays at position 0, padding on the right repeats the last position", () => {
  const mask = Uint8Array.of(0, 0, 1, 1, 1, 0, /**/ 1, 1, 0, 0, 0, 0);
  expect([...positionIds({ mask, shape: [2, 6] })]).toEqual([0, 0, 0, 1, 2, 2, /**/ 0, 1, 1, 1, 1, 1]);
});

test("the valid tokens of a row are numbered from 0, however the row is padded", () => {
  fc.assert(
    fc.property(fc.nat(5), fc.integer({ min: 1, max: 9 }), fc.nat(5), (left, length, right) => {
      const mask = Uint8Array.from([...Array(left).fill(0), ...Array(length).fill(1), ...Array(right).fill(0)]);
      const positions = positionIds({ mask, shape: [1, mask.length] });
      expect([...positions].slice(left, left + length)).toEqual([...Array(length).keys()]);
    }),
  );
});
