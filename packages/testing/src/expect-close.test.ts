import { expect, test } from "vitest";
import { expectClose } from "./expect-close.ts";

test("the tolerance is of a number's size above 1, absolute below", () => {
  expectClose([0.01, 1009], [0, 1000], { tolerance: 0.01 });
  expect(() => expectClose([0.011], [0], { tolerance: 0.01 })).toThrow("number 0 is 0.011, expected 0");
  expect(() => expectClose([1, 1011], [1, 1000], { tolerance: 0.01 })).toThrow("number 1");
});

test("what is masked may be anything; what counts may be no NaN, and nothing may be missing", () => {
  expectClose([1, Number.NaN], [1, 2], { tolerance: 0, mask: Uint8Array.of(1, 0) });
  expect(() => expectClose([Number.NaN], [0], { tolerance: 9 })).toThrow("NaN");
  expect(() => expectClose([1], [1, 2], { tolerance: 9 })).toThrow();
});
