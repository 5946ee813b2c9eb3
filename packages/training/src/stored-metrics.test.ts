import { expect, test } from "vitest";
import { restoreMetrics, storeMetrics } from "./stored-metrics.ts";

test("numbers survive JSON, and what is no finite one comes back as NaN", () => {
  const stored = storeMetrics({ loss: 0.5, reward: Number.NaN, best: Number.NEGATIVE_INFINITY });
  expect(stored).toEqual({ loss: 0.5, reward: null, best: null });
  expect(restoreMetrics(JSON.parse(JSON.stringify(stored)))).toEqual({ loss: 0.5, reward: Number.NaN, best: Number.NaN });
});
