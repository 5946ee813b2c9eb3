import { expect, test } from "vitest";
import { cispoLoss } from "./cispo-loss.ts";

const close = (values: ArrayLike<number>) => Array.from(values, (value) => expect.closeTo(value, 5));

test("beyond the cap a token keeps the cap's slope", () => {
  const given = {
    oldLogprobs: Float32Array.of(0, 0),
    advantages: Float32Array.of(1, -1),
    mask: Uint8Array.of(1, 1),
    shape: [1, 2] as const,
  };
  const { loss, slopes } = cispoLoss({ ...given, newLogprobs: Float32Array.of(1, -1), cap: 2 });
  expect([...slopes]).toEqual(close([-2 / 2, Math.exp(-1) / 2]));
  expect(loss).toBeCloseTo((-2 * 1 + Math.exp(-1) * -1) / 2, 5);
});

test("a cap that lets nothing through is refused", () => {
  const one = { oldLogprobs: new Float32Array(1), advantages: new Float32Array(1), mask: new Uint8Array(1), shape: [1, 1] as const };
  expect(() => cispoLoss({ ...one, newLogprobs: new Float32Array(1), cap: 0 })).toThrow("cap is 0");
});
