import { expect, test } from "vitest";
import { spokenText, visibleParts, visibleText } from "./visible-text.js";

test("blanks and line breaks become signs, apart from the text", () => {
  expect(visibleParts(" the\n\n")).toEqual([
    { text: "·", isSign: true },
    { text: "the", isSign: false },
    { text: "↵↵", isSign: true },
  ]);
  expect(visibleText("\ta\r\u00a0")).toBe("⇥a␍⍽");
  expect(visibleText("")).toBe("∅");
});

test("what would hide or turn the text is told by its code; letters of any script stay", () => {
  expect(visibleText("\u001b[1m\u202ex\u200b")).toBe("\\u{1b}[1m\\u{202e}x\\u{200b}");
  expect(visibleText("é日🙂")).toBe("é日🙂");
});

test("a screen reader hears the word, or what the blank is", () => {
  expect(spokenText(" time")).toBe("time");
  expect(spokenText(" \n")).toBe("space line break");
});
