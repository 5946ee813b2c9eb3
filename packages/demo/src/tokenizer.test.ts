import { loadTokenizer } from "@cai/tokenizer";
import { expect, test } from "vitest";
import { demoPolicyDirectory } from "./directories.ts";

const tokenizer = await loadTokenizer(demoPolicyDirectory);

test("any text comes back from its tokens unchanged", () => {
  for (const text of [
    "Mr. Speaker, we're going to keep faith with the American people -- and with peace.",
    "  spaces,\ttabs\nand lines  ",
    "naïve café — “quoted” 東京 🙂",
    "",
  ])
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
});

test("frequent words, with the space before them, are one token each", () => {
  expect(tokenizer.encode(" the people of the United States")).toHaveLength(6);
});

test("the end of text is one token that plain text never has", () => {
  expect(tokenizer.eosTokenId).toBe(0);
  expect([...tokenizer.encode("<|endoftext|>")]).toEqual([0]);
  expect(tokenizer.decode([0, 0], { skipSpecialTokens: true })).toBe("");
});

test("there are 4096 tokens", () => {
  expect(tokenizer.vocabSize).toBe(4096);
});
