import { expect, test } from "vitest";
import { cispoClipShare, clipShares } from "./clip-shares.ts";
import type { GroupExperience } from "./group-experience.ts";

// Answers of 2, 1 and 0 tokens; ratios 1.5 and 0.6, 0.5, and nothing.
const responses = { ids: new Int32Array(6), mask: Uint8Array.of(1, 1, 1, 0, 0, 0), shape: [3, 2] as const };
const newLogprobs = Float32Array.from([1.5, 0.6, 0.5, 9, 9, 9], Math.log);
const experience = (advantages: readonly [number, number, number]): GroupExperience => ({
  prompts: responses,
  responses,
  logprobs: new Float32Array(6),
  refLogprobs: undefined,
  advantages: Float32Array.from(advantages.flatMap((advantage) => [advantage, advantage])),
  weights: undefined,
});
const clipping = { clipLow: 0.2, clipHigh: 0.2 };
const all = { tokens: 3, rows: 3 };

test("of tokens: a gain counts above the clip, a loss below it", () => {
  expect(clipShares(newLogprobs, experience([1, -1, 1]), all, { level: "token", ...clipping })).toEqual({
    "clip_ratio/low_mean": 1 / 3,
    "clip_ratio/high_mean": 1 / 3,
    "clip_ratio/region_mean": 2 / 3,
  });
  expect(clipShares(newLogprobs, experience([0, 0, 0]), all, { level: "token", ...clipping })).toMatchObject({
    "clip_ratio/region_mean": 0,
  });
});

test("of answers: by their whole ratio 0.9, or its root 0.95; one without a token is never clipped", () => {
  const shares = (level: "mean" | "sum", clipLow: number) =>
    clipShares(newLogprobs, experience([-1, -1, -1]), all, { level, clipLow, clipHigh: 0.2 })["clip_ratio/low_mean"];
  expect(shares("sum", 0.08)).toBe(2 / 3);
  expect(shares("mean", 0.08)).toBe(1 / 3);
});

test("CISPO's ratios are capped from above alone", () => {
  expect(cispoClipShare(newLogprobs, experience([1, -1, 1]), all, 1.2)).toEqual({ cispo_clip_ratio: 1 / 3 });
  expect(cispoClipShare(newLogprobs, experience([-1, 1, 1]), all, 1.2)).toEqual({ cispo_clip_ratio: 0 });
});

test("the shares of a step's chunks add up", () => {
  const shares = (denominators: typeof all) =>
    clipShares(newLogprobs, experience([1, -1, 1]), denominators, { level: "token", ...clipping });
  expect(shares({ tokens: 6, rows: 6 })["clip_ratio/region_mean"]! * 2).toBe(shares(all)["clip_ratio/region_mean"]);
});
