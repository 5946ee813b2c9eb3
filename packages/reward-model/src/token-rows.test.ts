import type { Tokenizer } from "@cai/contracts";
import { describe, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { type TokenRowOptions, tokenRows } from "./token-rows.ts";

// A letter is its place in the alphabet; 90 and 91 stand around a text.
const letters: Tokenizer = {
  vocabSize: 100,
  eosTokenId: undefined,
  bosTokenId: undefined,
  padTokenId: undefined,
  encode(text, { addSpecialTokens = true } = {}) {
    const ids = [...text].map((letter) => letter.charCodeAt(0) - 96);
    return Int32Array.from(addSpecialTokens ? [90, ...ids, 91] : ids);
  },
  decode: () => "",
  applyChatTemplate: () => "",
};
const options: TokenRowOptions = {
  tokenizer: letters,
  template: ({ prompt, response }) => prompt + response,
  maxLength: Number.POSITIVE_INFINITY,
  truncation: "left",
  vocabSize: 100,
};
const request = { prompts: ["abc"], responses: ["de"], promptIds: [Int32Array.of(1, 2, 3)], responseIds: [Int32Array.of(4, 5)] };
const idsOf = (changed: Partial<TokenRowOptions>) => [...tokenRows(request, { ...options, ...changed })[0]!];

test("text is joined and encoded with the special tokens around it", () => {
  expect(idsOf({})).toEqual([90, 1, 2, 3, 4, 5, 91]);
  expect(idsOf({ template: ({ prompt, response }) => `${response}z${prompt}` })).toEqual([90, 4, 5, 26, 1, 2, 3, 91]);
});

test("ids are joined as they are", () => {
  expect(idsOf({ tokenizer: undefined })).toEqual([1, 2, 3, 4, 5]);
});

describe("rows that are too long", () => {
  test("lose their beginning, or their end if asked, but no special tokens", () => {
    expect(idsOf({ maxLength: 5 })).toEqual([90, 3, 4, 5, 91]);
    expect(idsOf({ maxLength: 5, truncation: "right" })).toEqual([90, 1, 2, 3, 91]);
    expect(idsOf({ maxLength: 7 })).toEqual([90, 1, 2, 3, 4, 5, 91]);
  });

  test("keep the special tokens alone where there is no room for more", () => {
    expect(idsOf({ maxLength: 2 })).toEqual([90, 91]);
  });

  test("lose the same of ids", () => {
    expect(idsOf({ tokenizer: undefined, maxLength: 3 })).toEqual([3, 4, 5]);
    expect(idsOf({ tokenizer: undefined, maxLength: 3, truncation: "right" })).toEqual([1, 2, 3]);
  });
});

describe("rows that can't be scored are named", () => {
  test("one without tokens", () => {
    expect(() => tokenRows(requestOf(["a", ""], [[1], []]), { ...options, tokenizer: undefined })).toThrow(
      "row 1 has no token ids: they are read where a reward model has no tokenizer.json beside it",
    );
  });

  test.each([100, -1])("one with the id %i that the model doesn't have", (id) => {
    const rows = () => tokenRows(requestOf(["a"], [[1, id]]), { ...options, tokenizer: undefined });
    expect(rows).toThrow(`row 0 has the id ${id}, the reward model's vocabulary has 100`);
  });
});
