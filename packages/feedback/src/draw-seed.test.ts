import { expect, test } from "vitest";
import { drawSeed } from "./draw-seed.ts";

const draws = { seed: 7, stream: "revise", step: 2, firstSample: 10 };

test("a seed is a function of seed, stream, step and sample: whole numbers below 2³¹, each another one", () => {
  const seeds = Array.from({ length: 100 }, (_, index) => drawSeed(draws, index));
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
  expect(new Set(seeds).size).toBe(100);
  const others = [{ seed: 8 }, { stream: "judge" }, { step: 3 }, { firstSample: 11 }].map((other) => drawSeed({ ...draws, ...other }, 0));
  expect(others.filter((seed) => seed === seeds[0])).toEqual([]);
});

test("a sample has the same seed wherever its call begins", () => {
  expect(drawSeed({ ...draws, firstSample: 12 }, 0)).toBe(drawSeed(draws, 2));
  expect(drawSeed({ seed: 7, stream: "revise", step: 2 }, 12)).toBe(drawSeed(draws, 2));
});
