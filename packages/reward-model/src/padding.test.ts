import { expect, test } from "vitest";
import { choosePadding } from "./padding.ts";

type Options = Parameters<typeof choosePadding>[0];

const bert: Options = {
  path: "m",
  inputs: { columns: undefined, takesMask: true },
  config: { modelType: "bert", padTokenId: 0, vocabSize: 100 },
  side: undefined,
  padTokenId: undefined,
  tokenizerPadId: 9,
};
const fixed = { columns: 8, takesMask: true };
const withoutPad = { modelType: "gpt2", padTokenId: undefined, vocabSize: 100 };

test("nothing is padded unless asked for", () => {
  expect(choosePadding(bert)).toBeUndefined();
  expect(choosePadding({ ...bert, padTokenId: 3 })).toBeUndefined();
});

test("what is asked for is padded by the id given, or of config.json", () => {
  expect(choosePadding({ ...bert, side: "left" })).toEqual({ side: "left", id: 0 });
  expect(choosePadding({ ...bert, side: "right", padTokenId: 3 })).toEqual({ side: "right", id: 3 });
});

test("a model that can't tell padding from text is not padded", () => {
  expect(() => choosePadding({ ...bert, side: "right", config: withoutPad })).toThrow("m has no pad_token_id in its config.json");
  const ids = { columns: undefined, takesMask: false };
  expect(() => choosePadding({ ...bert, side: "right", inputs: ids })).toThrow("m takes no attention_mask");
});

test("a model that takes rows of one length is padded on the right, or where asked", () => {
  expect(choosePadding({ ...bert, inputs: fixed })).toEqual({ side: "right", id: 0 });
  expect(choosePadding({ ...bert, inputs: fixed, side: "left" })).toEqual({ side: "left", id: 0 });
  const unknown = { modelType: undefined, padTokenId: undefined, vocabSize: undefined };
  expect(choosePadding({ ...bert, inputs: fixed, config: unknown })).toEqual({ side: "right", id: 9 });
});

test("and is refused where it would take padding for text", () => {
  const message = /m takes rows of 8 tokens only, and config\.json beside it has no pad_token_id/;
  expect(() => choosePadding({ ...bert, inputs: fixed, config: withoutPad })).toThrow(message);
  const unknown = { modelType: undefined, padTokenId: undefined, vocabSize: undefined };
  expect(() => choosePadding({ ...bert, inputs: { ...fixed, takesMask: false }, config: unknown })).toThrow(message);
  expect(choosePadding({ ...bert, inputs: fixed, config: withoutPad, padTokenId: 5 })).toEqual({ side: "right", id: 5 });
});

test.each([-1, 100, 0.5])("the pad id %d is refused", (padTokenId) => {
  expect(() => choosePadding({ ...bert, padTokenId })).toThrow(`padTokenId is ${padTokenId}, wanted an id of the model's vocabulary`);
});

test("another side is refused", () => {
  expect(() => choosePadding({ ...bert, side: "both" as "left" })).toThrow('paddingSide is "both"');
});
