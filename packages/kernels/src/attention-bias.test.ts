import "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { attentionBias } from "./attention-bias.ts";

const hidden = Math.fround(-1e9);

test("a token sees itself and the unpadded ones before it; padding sees itself alone", () => {
  const bias = attentionBias({ mask: new Uint8Array([0, 1, 1]), shape: [1, 3] });
  expect(bias.shape).toEqual([1, 1, 3, 3]);
  expect(bias.arraySync()[0]![0]).toEqual([
    [0, hidden, hidden],
    [hidden, 0, hidden],
    [hidden, 0, 0],
  ]);
});

test("queryColumns picks rows of the whole, for each row of the batch", () => {
  const bias = attentionBias({ mask: new Uint8Array([1, 1, 1, 0, 1, 1]), shape: [2, 3], queryColumns: [2, 3] });
  expect(bias.arraySync()).toEqual([[[[0, 0, 0]]], [[[hidden, 0, 0]]]]);
});

test.each([
  [[0, 4], /0 ≤ from < to ≤ 3/],
  [[2, 2], /\[2, 2\]/],
  [[-1, 2], /\[-1, 2\]/],
] as const)("queryColumns %j is refused", (queryColumns, message) => {
  expect(() => attentionBias({ mask: new Uint8Array(3), shape: [1, 3], queryColumns })).toThrow(message);
});

test("a mask of another length than the shape is refused", () => {
  expect(() => attentionBias({ mask: new Uint8Array(5), shape: [2, 3] })).toThrow(/5 elements.*wants 6/);
});
