import { expect, test } from "vitest";
import { countValid, rowLengths, validCells, validOnly, validRows } from "./mask.ts";

test("what counts is counted", () => {
  expect(countValid(Uint8Array.of(1, 0, 1, 1))).toBe(3);
  expect(countValid(new Uint8Array())).toBe(0);
});

test("so it is row by row, and each cell that counts is found", () => {
  const mask = Uint8Array.of(1, 1, 0, 0, 0, 1);
  expect(rowLengths(mask, [2, 3])).toEqual([2, 1]);
  expect(validCells(mask)).toEqual([0, 1, 5]);
  expect(validCells(mask, 1, 5)).toEqual([1]);
});

test("padding becomes 0, NaN too", () => {
  expect(validOnly(Float32Array.of(1, Number.NaN, 3), Uint8Array.of(1, 0, 1))).toEqual(Float32Array.of(1, 0, 3));
});

test("rows without their padding, wherever it stands", () => {
  const rows = validRows(Int32Array.of(0, 5, 6, 7, 8, 0), Uint8Array.of(0, 1, 1, 1, 1, 0), [2, 3]);
  expect(rows).toEqual([Int32Array.of(5, 6), Int32Array.of(7, 8)]);
});
