import type { Tokenizer } from "@cai/contracts";
import { expect, test } from "vitest";
import { promptText } from "./prompt-text.ts";

const tokenizer = { decode: (ids: ArrayLike<number>) => Array.from(ids).join(" ") } as unknown as Tokenizer;

test("texts are themselves, ids are decoded, conversations are what was said last", () => {
  expect(promptText("Once", tokenizer)).toBe("Once");
  expect(promptText(Int32Array.of(3, 4), tokenizer)).toBe("3 4");
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Why?" },
  ];
  expect(promptText({ messages }, tokenizer)).toBe("Why?");
});
