import { tinyGpt2 } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";
import { expect, test } from "vitest";
import { beforeStopText, findStopText, refuseStopTexts } from "./stop-texts.ts";

test("a text ends where the first of its stop texts begins", () => {
  const turns = ["\nHuman:", "\nAssistant:"];
  expect(beforeStopText(" Because.\n\nHuman: Why?\nAssistant: So.", turns)).toBe(" Because.\n");
  expect(beforeStopText("A Human: is a word here.", turns)).toBe("A Human: is a word here.");
  expect(beforeStopText("\nHuman:", turns)).toBe("");
  expect(beforeStopText("abc", [])).toBe("abc");
});

test("one that ends at a place or before it is passed over, one that ends behind it is not", () => {
  expect(findStopText("ab ab", ["ab"], 1)).toBe(0);
  expect(findStopText("ab ab", ["ab"], 2)).toBe(3);
  expect(findStopText("ab ab", ["ab"], 5)).toBeUndefined();
  expect(findStopText("aab", ["aa", "ab"], 2)).toBe(1);
});

test("stop texts that would be found everywhere or nowhere are refused, each by its place", async () => {
  const tokenizer = await loadTokenizer(tinyGpt2);
  const eos = tokenizer.decode([tokenizer.eosTokenId!]);
  expect(() => refuseStopTexts(["\n\nHuman:", " ", "é"], tokenizer)).not.toThrow();
  expect(() => refuseStopTexts(["a", ""], tokenizer)).toThrow('stopTexts[1] is ""; expected a text of one character at least');
  expect(() => refuseStopTexts(["\uFFFD"], tokenizer)).toThrow("the mark of a broken character");
  expect(() => refuseStopTexts([`x${eos}`], tokenizer)).toThrow("holds a special token");
  expect(() => refuseStopTexts([7 as never], tokenizer)).toThrow("stopTexts[0] is 7; expected a text");
});
