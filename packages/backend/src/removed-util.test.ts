import { expect, test } from "vitest";
import { restoreRemovedUtil } from "./removed-util.ts";

test("the functions that Node 23 removed are defined where they are missing", () => {
  const util: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } = {};
  restoreRemovedUtil(util);
  expect([null, undefined, 0, ""].map((value) => util.isNullOrUndefined?.(value))).toEqual([true, true, false, false]);
  expect([[], {}].map((value) => util.isArray?.(value))).toEqual([true, false]);
});

test("what a Node still has is left alone", () => {
  const isArray = () => false;
  const util = { isArray };
  restoreRemovedUtil(util);
  expect(util.isArray).toBe(isArray);
});
