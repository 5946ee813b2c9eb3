import { expect, test } from "vitest";
import { restoreRemovedUtil } from "./removed-util.ts";

test("the functions that Node 23 removed are there", () => {
  const util: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } = {};
  restoreRemovedUtil(util);
  expect([null, undefined, 0, ""].map((value) => util.isNullOrUndefined?.(value))).toEqual([true, true, false, false]);
  expect([[], {}].map((value) => util.isArray?.(value))).toEqual([true, false]);
});

test("they take the place of Node's own, which warn when they are called", () => {
  const util = { isArray: () => false };
  restoreRemovedUtil(util);
  expect(util.isArray).toBe(Array.isArray);
});
