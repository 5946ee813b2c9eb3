import { expect, test } from "vitest";
import { describeLeftOut, encodeRows, refuseUnreadable } from "./encode-rows.ts";
import { RolloutError } from "./error.ts";

test("what goes wrong says in which row", () => {
  const encode = (row: number) => {
    if (row === 3) throw new RolloutError("invalid-completions", "three is too many");
    return row * 2;
  };
  expect(encodeRows([1, 2], encode)).toEqual([2, 4]);
  expect(() => encodeRows([1, 3], encode)).toThrow("row 2 of 2: three is too many");
  expect(() => encodeRows([], encode)).toThrow("the data are empty");
});

test("the error holds the row itself, for whoever knows where it came from", () => {
  const row = { text: "" };
  const refuse = () => {
    throw new RolloutError("invalid-completions", "no");
  };
  try {
    encodeRows([row], refuse);
  } catch (error) {
    expect((error as RolloutError).row).toBe(row);
  }
  expect.assertions(1);
});

test("a mistake in the program is not taken for one in the data", () => {
  const mistaken = () => {
    throw new TypeError("no such thing");
  };
  expect(() => encodeRows([1], mistaken)).toThrow(TypeError);
});

test("a row may have one token more than the context, of the vocabulary", () => {
  const model = { vocabSize: 5, contextLength: 3 };
  expect(() => refuseUnreadable(Int32Array.of(0, 4, 0, 4), model)).not.toThrow();
  expect(() => refuseUnreadable(new Int32Array(5), model)).toThrow("it has 5 tokens, more than the policy's context of 3");
  expect(() => refuseUnreadable(Int32Array.of(1, 5), model)).toThrow("token id 5, outside the policy's vocabulary of 5");
  expect(() => refuseUnreadable(Int32Array.of(-1), model)).toThrow("token id -1");
});

test("prompts that read differently before their completions are told once, with the first of them", () => {
  const tokenizer = { decode: (ids: ArrayLike<number>) => `<${Array.from(ids)}>` } as never;
  expect(describeLeftOut([new Int32Array(), new Int32Array()], tokenizer)).toBeUndefined();
  const told = describeLeftOut([new Int32Array(), Int32Array.of(7), Int32Array.of(8)], tokenizer);
  expect(told).toContain("in 2 of 3 rows");
  expect(told).toContain('row 2: "<7>"');
});
