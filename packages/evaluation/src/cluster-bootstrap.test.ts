import { normals } from "@cai/random";
import { expect, test } from "vitest";
import { clusterBootstrap } from "./cluster-bootstrap.ts";

const meanOf = (values: ArrayLike<number>) => (drawn: Int32Array) =>
  drawn.reduce((sum, cluster) => sum + values[cluster]!, 0) / drawn.length;

test("of equal prompts every sample is the same", () => {
  expect(clusterBootstrap({ clusters: 3, statistic: meanOf([2, 2, 2]), seed: 1, resamples: 50 })).toEqual({ low: 2, high: 2 });
});

test("the mean of many has the interval of its standard error", () => {
  const values = normals({ seed: 4, stream: "values", counters: [], count: 100 });
  const mean = meanOf(values)(Int32Array.from(values, (_, index) => index));
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const half = (1.96 * deviation) / Math.sqrt(values.length);
  const { low, high } = clusterBootstrap({ clusters: 100, statistic: meanOf(values), seed: 1, resamples: 1000 });
  // A percentile of 1000 samples varies by some 4 hundredths of the half-width; the draws are always the same.
  expect(Math.abs(low - (mean - half)) / half).toBeLessThan(0.15);
  expect(Math.abs(high - (mean + half)) / half).toBeLessThan(0.15);
});

test("draws that depend on each other widen it: prompts are drawn, not answers", () => {
  const prompts = Array.from({ length: 40 }, (_, prompt) => prompt % 2);
  const answers = prompts.flatMap((value) => Array<number>(8).fill(value));
  const width = (values: readonly number[]) => {
    const { low, high } = clusterBootstrap({ clusters: values.length, statistic: meanOf(values), seed: 2, resamples: 200 });
    return high - low;
  };
  // √8 times as wide as if the 320 answers told 320 things.
  expect(width(prompts) / width(answers)).toBeGreaterThan(2);
});

test("the seed alone decides", () => {
  const draw = (seed: number) => clusterBootstrap({ clusters: 5, statistic: meanOf([1, 2, 4, 8, 16]), seed, resamples: 100 });
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test("what it can't make an interval of is refused", () => {
  expect(() => clusterBootstrap({ clusters: 0, statistic: () => 1, seed: 1 })).toThrow("clusters is 0: pass a whole number from 1 on");
  expect(() => clusterBootstrap({ clusters: 2, statistic: () => Number.NaN, seed: 1 })).toThrow("the figure of a sample is NaN");
});
