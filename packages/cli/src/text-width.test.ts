import { expect, test } from "vitest";
import { graphemes, padLeft, padRight, widthOf } from "./text-width.ts";

test("a wide character takes two cells, and what joins another none", () => {
  expect(["abc", "日本", "e\u0301", "👩‍🚀", "한글x"].map(widthOf)).toEqual([3, 4, 1, 2, 5]);
});

test("padding fills cells, not letters, and cuts nothing", () => {
  expect([padRight("日本", 6), padLeft("日本", 6), padRight("long", 2)]).toEqual(["日本  ", "  日本", "long"]);
});

test("what a reader sees as one character stays together", () => {
  expect(graphemes("e\u0301👩‍🚀日")).toEqual(["e\u0301", "👩‍🚀", "日"]);
});
