import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { processTree, residentBytes, TreePeak, watchMemory } from "./process-tree.mjs";

test("a tree holds children and grandchildren, in whatever order they are listed, and nobody else's", () => {
  const parents = new Map([
    [9, 8],
    [10, 1],
    [8, 7],
    [7, 1],
    [11, 7],
  ]);
  expect(processTree(7, parents).sort((a, b) => a - b)).toEqual([7, 8, 9, 11]);
  expect(processTree(10, parents)).toEqual([10]);
});

test("resident bytes are read from a process's status, and a process that has ended has none", () => {
  expect(residentBytes("Name:\tnode\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")).toEqual({ now: 1_048_576, peak: 2_097_152 });
  expect(residentBytes("")).toBeUndefined();
  expect(residentBytes("Name:\tzombie\n")).toBeUndefined();
});

test("the peak of one process is the kernel's own, also between samples", () => {
  const peak = new TreePeak();
  peak.add([{ now: 10, peak: 50 }]);
  peak.add([{ now: 20, peak: 50 }]);
  expect(peak.bytes).toBe(50);
});

test("the peak of several is the largest sum at one moment, not the sum of peaks at different moments", () => {
  const peak = new TreePeak();
  peak.add([
    { now: 40, peak: 40 },
    { now: 5, peak: 5 },
  ]);
  peak.add([
    { now: 10, peak: 40 },
    { now: 30, peak: 30 },
  ]);
  peak.add([{ now: 10, peak: 40 }, undefined]);
  expect(peak.bytes).toBe(45);
});

test.runIf(existsSync("/proc/self/status"))("this process, watched, holds at least what Node says (where there is a /proc)", () => {
  const watch = watchMemory(process.pid);
  const peak = watch.peakBytes();
  watch.stop();
  expect(peak).toBeGreaterThan(0.5 * process.memoryUsage().rss);
});
