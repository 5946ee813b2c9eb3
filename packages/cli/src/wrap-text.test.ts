import fc from "fast-check";
import { expect, test } from "vitest";
import { widthOf } from "./text-width.ts";
import { printable, wrapText } from "./wrap-text.ts";

test("lines break at spaces, and inside a word only where it is longer than a line", () => {
  expect(wrapText("the old  house\non the hill", 10)).toEqual(["the old", "house on", "the hill"]);
  expect(wrapText("a rhinoceros b", 5)).toEqual(["a", "rhino", "ceros", "b"]);
  expect(wrapText("", 5)).toEqual([""]);
});

test("wide characters take two cells of a line", () => {
  expect(wrapText("日本語の 家", 6)).toEqual(["日本語", "の 家"]);
});

test("control characters can't reach the terminal", () => {
  expect(printable("a\u001b[31mred\u0007 \r\n\tb\u009b")).toBe("a·[31mred· b·");
});

test("no line is wider than the width, and no letter is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 2, max: 40 }), (text, width) => {
      const lines = wrapText(text, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(printable(text).replaceAll(" ", ""));
    }),
  );
});
