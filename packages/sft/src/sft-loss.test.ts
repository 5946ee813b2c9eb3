import { expect, test } from "vitest";
import { sftLoss } from "./sft-loss.ts";

const logprobs = Float32Array.of(-1, -2, -100, -6);
const counted = Uint8Array.of(1, 1, 0, 1);

test("the loss is the mean of −log p over the tokens that count, and each of them has the slope −1/N", () => {
  const { loss, slopes } = sftLoss({ logprobs, counted, tokens: 3 });
  expect(loss).toBe(3);
  expect(slopes.logprobs).toEqual(Float32Array.of(-1 / 3, -1 / 3, 0, -1 / 3));
});

test("the losses of the parts of a step add up to its loss", () => {
  const part = (from: number, to: number) =>
    sftLoss({ logprobs: logprobs.subarray(from, to), counted: counted.subarray(from, to), tokens: 3 });
  expect(part(0, 2).loss + part(2, 4).loss).toBeCloseTo(3, 15);
  expect([...part(0, 2).slopes.logprobs, ...part(2, 4).slopes.logprobs]).toEqual([
    ...sftLoss({ logprobs, counted, tokens: 3 }).slopes.logprobs,
  ]);
});
