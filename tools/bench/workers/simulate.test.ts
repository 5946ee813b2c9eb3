import fc from "fast-check";
import { expect, test } from "vitest";
import { type Scenario, secondsAlone, simulate } from "./simulate.ts";

/** Four rows of two tokens a step, in jobs of one row, two seconds each; an update takes three. Nothing else costs anything. */
const free: Scenario = {
  workers: 1,
  rows: 4,
  rowsPerJob: 1,
  maxOpenJobs: 1000,
  staleness: 0,
  draw: { call: 0, row: 0, token: 1, rowToken: 0 },
  spread: 0,
  lengths: [2],
  weights: { bytes: 0, bytesPerSecond: 1, publishSeconds: 0, loadSeconds: 0 },
  queue: { learnerSeconds: 0, workerSeconds: 0 },
  updateSeconds: 3,
  steps: 6,
  seed: 1,
};

const secondsWith = (change: Partial<Scenario>): number => simulate({ ...free, ...change }).stepSeconds;

test("one worker at no costs takes what one machine takes: all draws, then the update", () => {
  expect(secondsWith({})).toBe(4 * 2 + 3);
  expect(secondsAlone(free)).toBe(4 * 2 + 3);
});

test("workers share the jobs, and the last of them is waited for", () => {
  expect([2, 3, 4, 5].map((workers) => secondsWith({ workers }))).toEqual([4 + 3, 4 + 3, 2 + 3, 2 + 3]);
});

test("one step ahead, drawing and updating go on at once, and the longer of them is the step", () => {
  expect(secondsWith({ staleness: 1 })).toBe(8);
  expect(secondsWith({ staleness: 1, workers: 4 })).toBe(3);
});

test("weights are published once and loaded by each worker before it draws", () => {
  const weights = { bytes: 100, bytesPerSecond: Number.POSITIVE_INFINITY, publishSeconds: 5, loadSeconds: 10 };
  expect(secondsWith({ weights, workers: 4 })).toBeCloseTo(5 + 10 + 2 + 3, 9);
});

test("what one server hands out to all is shared: twice the workers wait twice as long for weights", () => {
  const weights = { bytes: 100, bytesPerSecond: 10, publishSeconds: 10, loadSeconds: 10 };
  expect(secondsWith({ weights, workers: 2, rows: 2 })).toBeCloseTo(10 + 2 * 10 + 2 + 3, 9);
  expect(secondsWith({ weights, workers: 4, rows: 4 })).toBeCloseTo(10 + 4 * 10 + 2 + 3, 9);
});

test("the learner sends jobs and reads answers one after the other, and a worker has its own cost a job", () => {
  // Sent at 1, 2, 3 and 4 s; the last is answered 2 + 5 s later, and its answer read in 1 s.
  expect(secondsWith({ workers: 4, queue: { learnerSeconds: 2, workerSeconds: 5 } })).toBeCloseTo(4 + 7 + 1 + 3, 9);
});

test("workers beyond the jobs that may be out have nothing to do", () => {
  expect(secondsWith({ workers: 4, maxOpenJobs: 2 })).toBe(secondsWith({ workers: 2 }));
});

test("a slice takes as long as its longest row", () => {
  const lengths = [1, 9];
  const byRows = secondsWith({ lengths, rows: 64, rowsPerJob: 64 });
  expect(byRows).toBe(9 + 3);
});

const scenarios = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  rowsPerJob: fc.integer({ min: 1, max: 8 }),
  staleness: fc.integer({ min: 0, max: 2 }),
  lengths: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
  spread: fc.double({ min: 0, max: 0.3, noNaN: true }),
  updateSeconds: fc.double({ min: 0.1, max: 100, noNaN: true }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

test("where nothing costs anything, another worker never makes a run slower", () => {
  fc.assert(
    fc.property(scenarios, fc.integer({ min: 1, max: 40 }), (change, workers) => {
      const [fewer, more] = [workers, workers + 1].map((count) => simulate({ ...free, ...change, workers: count }).allSeconds);
      expect(more).toBeLessThanOrEqual(fewer! * (1 + 1e-9));
    }),
  );
});

test("Amdahl's bound is never exceeded, at any costs: the update is not shared, and no worker does more than one thing at a time", () => {
  const costs = fc.record({
    weights: fc.record({
      bytes: fc.integer({ min: 0, max: 100 }),
      bytesPerSecond: fc.double({ min: 1, max: 100, noNaN: true }),
      publishSeconds: fc.double({ min: 0.1, max: 10, noNaN: true }),
      loadSeconds: fc.double({ min: 0.1, max: 10, noNaN: true }),
    }),
    queue: fc.record({
      learnerSeconds: fc.double({ min: 0, max: 1, noNaN: true }),
      workerSeconds: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  });
  fc.assert(
    fc.property(scenarios, costs, fc.integer({ min: 1, max: 64 }), (change, given, workers) => {
      const scenario = { ...free, ...change, ...given, workers };
      const { stepSeconds, drawing, loading } = simulate(scenario);
      const [alone, { updateSeconds, staleness }] = [secondsAlone(scenario), scenario];
      expect(drawing + loading).toBeLessThanOrEqual(1 + 1e-9);
      expect(stepSeconds).toBeGreaterThanOrEqual(updateSeconds * (1 - 1e-9));
      if (staleness > 0) return;
      const serial = updateSeconds / alone;
      expect(alone / stepSeconds).toBeLessThanOrEqual((1 / (serial + (1 - serial) / workers)) * (1 + 1e-9));
    }),
  );
});

test("the same scenario gives the same numbers, and another seed others", () => {
  const rows = { lengths: [1, 5, 9], spread: 0.1, rows: 20, workers: 3 };
  expect(simulate({ ...free, ...rows })).toEqual(simulate({ ...free, ...rows }));
  expect(secondsWith({ ...rows, seed: 2 })).not.toBe(secondsWith(rows));
});
