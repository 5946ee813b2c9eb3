import { expect, test } from "vitest";
import { wilsonInterval } from "./wilson-interval.ts";

test("eight of ten: z² = 3.8415, so (0.8 + 0.19207 ± 1.96·√(0.016 + 0.0096)) / 1.38415", () => {
  const { low, high } = wilsonInterval({ successes: 8, trials: 10 });
  expect(low).toBeCloseTo(0.490162, 5);
  expect(high).toBeCloseTo(0.943318, 5);
});

test("none and all are mirror images, and neither leaves 0 and 1", () => {
  const none = wilsonInterval({ successes: 0, trials: 20 });
  const all = wilsonInterval({ successes: 20, trials: 20 });
  expect(none.low).toBe(0);
  expect(none.high).toBeCloseTo(3.841459 / 23.841459, 6); // z² / (n + z²)
  expect(all.high).toBe(1);
  expect(all.low).toBeCloseTo(1 - none.high, 12);
});

test("half a success counts as such; a higher level and fewer trials are wider", () => {
  const width = (options: Parameters<typeof wilsonInterval>[0]) => {
    const { low, high } = wilsonInterval(options);
    return high - low;
  };
  expect(width({ successes: 5.5, trials: 11 })).toBeCloseTo(width({ successes: 5.5, trials: 11, level: 0.95 }), 12);
  expect(width({ successes: 5.5, trials: 11, level: 0.99 })).toBeGreaterThan(width({ successes: 5.5, trials: 11 }));
  expect(width({ successes: 5.5, trials: 11 })).toBeGreaterThan(width({ successes: 55, trials: 110 }));
});

test("what is no share is refused", () => {
  expect(() => wilsonInterval({ successes: 3, trials: 2 })).toThrow("successes is 3: pass a number from 0 to trials, 2");
  expect(() => wilsonInterval({ successes: 0, trials: 0 })).toThrow("trials is 0: pass a number above 0");
  expect(() => wilsonInterval({ successes: 1, trials: 2, level: 95 })).toThrow("level is 95: pass a number between 0 and 1");
});
