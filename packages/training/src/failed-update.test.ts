import { expect, test } from "vitest";
import { describeFailure, describeKept } from "./failed-update.ts";

const where = "step 3, epoch 2";

test.each([
  [Number.NaN, { a: 1 }, "the loss is NaN"],
  [Number.POSITIVE_INFINITY, { a: Number.NaN }, "the loss is Infinity"],
  [1, { a: 1, b: Number.NaN, c: 2 }, "the gradient is not finite in 1 of 3 parameters (b)"],
  [1, { a: Number.NaN, b: 1, c: Number.POSITIVE_INFINITY }, "the gradient is not finite in 2 of 3 parameters (a, c)"],
  [1, { a: Number.NaN, b: Number.NaN, c: Number.NaN }, "the gradient is not finite in 3 of 3 parameters (a, b, …)"],
  // (1.3e19)² is within float32, twice that is not.
  [1, { a: 1.3e19, b: 1.3e19 }, "the gradient's norm is not finite, though that of each parameter is"],
])("a loss of %d and gradients of %o are told by what is wrong with them", (loss, gradientNorms, expected) => {
  expect(describeFailure({ where, loss, gradientNorms })).toBe(`step 3, epoch 2: ${expected}`);
});

test("it is told which of the step's updates stay", () => {
  expect(describeKept({ updatesBefore: 0 })).toBe("the step is not applied, and the weights stay as they were");
  expect(describeKept({ updatesBefore: 1 })).toBe("this update and those after it in the step are not applied, the one before it stays");
  expect(describeKept({ updatesBefore: 3 })).toBe("this update and those after it in the step are not applied, the 3 before it stay");
});
