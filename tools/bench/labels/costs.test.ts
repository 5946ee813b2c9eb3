import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { costsIn } from "./costs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "costs-"));
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  return rm(folder, { recursive: true });
});

/** Uses the processor until the process has some 20 ms more to its name. */
function compute(): void {
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user + process.cpuUsage(before).system < 20_000);
}

test("a step costs what passes between its reports, and the next process knows it", async () => {
  const file = join(folder, "costs.jsonl");
  const costs = await costsIn(file);
  const progress = costs.meter("choice");
  compute(); // before the first report: loading, say
  progress({ done: 0, total: 2 });
  expect(costs.of("choice")).toBe(0);
  compute();
  progress({ done: 1, total: 2 });
  const afterOne = costs.of("choice");
  expect(afterOne).toBeGreaterThanOrEqual(0.02);
  compute();
  progress({ done: 2, total: 2 });
  expect(costs.of("choice")).toBeGreaterThanOrEqual(afterOne + 0.02);
  expect(costs.of("votes")).toBe(0);

  const later = await costsIn(file);
  expect(later.of("choice")).toBeCloseTo(costs.of("choice"), 9);
});
