import fc from "fast-check";
import { expect, test } from "vitest";
import { policyLoss } from "./policy-loss.ts";
import { sequencePolicyLoss } from "./sequence-policy-loss.ts";

const one = { mask: Uint8Array.of(1, 1, 0), shape: [1, 3] as const, oldLogprobs: new Float32Array(3) };
const close = (values: ArrayLike<number>) => Array.from(values, (value) => expect.closeTo(value, 5));

test("RLOO: the ratio of a row is that of the whole answer", () => {
  // log ratio 0.06 + 0.04 = 0.1; −2·e^0.1 for the row, its slope the same for both tokens
  const given = { ...one, newLogprobs: Float32Array.of(0.06, 0.04, 9), advantages: Float32Array.of(2), ratio: "sum" as const };
  const { loss, slopes } = sequencePolicyLoss(given);
  expect(loss).toBeCloseTo(-2.2103418, 5);
  expect([...slopes]).toEqual(close([-2.2103418, -2.2103418, 0]));
});

test("GSPO: the mean over its tokens, which share the slope", () => {
  const given = { ...one, newLogprobs: Float32Array.of(0.06, 0.04, 9), advantages: Float32Array.of(2), ratio: "mean" as const };
  expect(sequencePolicyLoss(given).loss).toBeCloseTo(-2 * Math.exp(0.05), 5);
  expect([...sequencePolicyLoss(given).slopes]).toEqual(close([-Math.exp(0.05), -Math.exp(0.05), 0]));
});

test("beyond the clip a good row has no slope, and a bad one keeps its own", () => {
  const newLogprobs = Float32Array.of(1, 1, 0);
  const of = (advantage: number) => sequencePolicyLoss({ ...one, newLogprobs, advantages: Float32Array.of(advantage), ratio: "mean" });
  expect([of(1).loss, ...of(1).slopes]).toEqual(close([-1.2, 0, 0, 0]));
  expect([of(-1).loss, ...of(-1).slopes]).toEqual(close([Math.E, Math.E / 2, Math.E / 2, 0]));
});

test("with one token a row it is the loss by token", () => {
  const numbers = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(numbers, numbers, (logprobs, advantages) => {
      const given = {
        newLogprobs: Float32Array.from(logprobs),
        oldLogprobs: new Float32Array(4),
        advantages: Float32Array.from(advantages),
        mask: new Uint8Array(4).fill(1),
        shape: [4, 1] as const,
      };
      expect(sequencePolicyLoss({ ...given, ratio: "sum" })).toEqual(policyLoss(given));
    }),
  );
});

test("slopes are the loss's derivatives", () => {
  const given = {
    oldLogprobs: Float32Array.of(-1, -2, -0.5, -1.5),
    advantages: Float32Array.of(1.5, -0.5),
    mask: Uint8Array.of(1, 1, 1, 0),
    shape: [2, 2] as const,
    aggregation: "seq-mean-token-sum" as const,
  };
  const at = [-0.96, -1.99, -0.7, 7];
  const bumped = (cell: number, by: number) => Float32Array.from(at.map((x, i) => (i === cell ? x + by : x)));
  for (const lossOf of [
    (newLogprobs: Float32Array) => sequencePolicyLoss({ ...given, newLogprobs, ratio: "sum" }),
    (newLogprobs: Float32Array) => sequencePolicyLoss({ ...given, newLogprobs, ratio: "mean" }),
  ]) {
    const { slopes } = lossOf(Float32Array.from(at));
    at.forEach((_, cell) => {
      const difference = (lossOf(bumped(cell, 1e-3)).loss - lossOf(bumped(cell, -1e-3)).loss) / 2e-3;
      expect(slopes[cell]).toBeCloseTo(difference, 3);
    });
  }
});

test("what doesn't fit is refused", () => {
  const given = { ...one, newLogprobs: new Float32Array(3), ratio: "sum" as const };
  expect(() => sequencePolicyLoss({ ...given, advantages: new Float32Array(3) })).toThrow("advantages has 3 numbers: the batch has 1 rows");
  expect(() => sequencePolicyLoss({ ...given, advantages: new Float32Array(1), ratio: "max" as never })).toThrow("ratio is max");
});
