import fc from "fast-check";
import { expect, test } from "vitest";
import { learningRateAt, type Schedule } from "./schedule.ts";

const over = (schedule: Schedule, options: { warmupSteps?: number; minimum?: number } = {}, steps = 5) =>
  Array.from({ length: steps }, (_, step) => learningRateAt({ schedule, base: 1, step, totalSteps: 4, ...options }));

test("constant stays", () => {
  expect(over("constant")).toEqual([1, 1, 1, 1, 1]);
});

test("linear falls in equal steps to the minimum", () => {
  expect(over("linear")).toEqual([1, 0.75, 0.5, 0.25, 0]);
  expect(over("linear", { minimum: 0.2 })[2]).toBeCloseTo(0.6, 12);
});

test("cosine is half way in the middle, and slow at both ends", () => {
  const rates = over("cosine");
  expect(rates[0]).toBe(1);
  expect(rates[1]).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
  expect(rates[2]).toBeCloseTo(0.5, 12);
  expect(rates[4]).toBeCloseTo(0, 12);
});

test("warm-up rises in equal steps, is never 0, and the decay begins after it", () => {
  expect(over("linear", { warmupSteps: 2 })).toEqual([1 / 3, 2 / 3, 1, 0.5, 0]);
});

test("beyond the last step the rate is the minimum", () => {
  expect(over("linear", { minimum: 0.1 }, 8).slice(4)).toEqual([0.1, 0.1, 0.1, 0.1]);
});

test("every rate lies between 0 and base, and never rises after the warm-up", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Schedule>("constant", "linear", "cosine"),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (schedule, totalSteps, warmupSteps, minimum) => {
        const rates = Array.from({ length: 80 }, (_, step) =>
          learningRateAt({ schedule, base: 1, step, totalSteps, warmupSteps, minimum }),
        );
        rates.forEach((rate, step) => {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(1);
          if (step > warmupSteps) expect(rate).toBeLessThanOrEqual(rates[step - 1]!);
        });
      },
    ),
  );
});

test("numbers out of range and unknown schedules are refused", () => {
  expect(() => learningRateAt({ schedule: "linear", base: -1, step: 0, totalSteps: 4 })).toThrow(/base is -1/);
  expect(() => learningRateAt({ schedule: "linear", base: 1, step: Number.NaN, totalSteps: 4 })).toThrow(/step is NaN/);
  expect(() => learningRateAt({ schedule: "step" as Schedule, base: 1, step: 0, totalSteps: 4 })).toThrow(/constant, linear or cosine/);
});
