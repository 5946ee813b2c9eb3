import fc from "fast-check";
import { expect, test } from "vitest";
import { rowsOfEpoch, rowsOfStep } from "./data-order.ts";

const run = { seed: fc.nat(1000), batchSize: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 20 }) };

test("every pass over the data holds each prompt once", () => {
  fc.assert(
    fc.property(fc.record(run), ({ seed, batchSize, count }) => {
      const steps = Math.ceil((3 * count) / batchSize);
      const places = Array.from({ length: steps }, (_, i) => rowsOfStep({ seed, step: i + 1, batchSize, count })).flat();
      for (let pass = 0; pass < 3; pass++) {
        const drawn = places.slice(pass * count, (pass + 1) * count);
        expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }
    }),
    { numRuns: 50 },
  );
});

test("passes differ from each other, and seeds from each other", () => {
  const pass = (seed: number, step: number) => rowsOfStep({ seed, step, batchSize: 20, count: 20 });
  expect(pass(1, 1)).not.toEqual(pass(1, 2));
  expect(pass(1, 1)).not.toEqual(pass(2, 1));
  expect(pass(1, 1)).toEqual(pass(1, 1));
});

test("the first epoch keeps the order of the rollout, later ones shuffle it", () => {
  const rows = (epoch: number) => [...rowsOfEpoch({ seed: 3, step: 5, epoch, rows: 16 })];
  const inOrder = Array.from({ length: 16 }, (_, i) => i);
  expect(rows(0)).toEqual(inOrder);
  expect(rows(1)).not.toEqual(inOrder);
  expect(rows(1)).not.toEqual(rows(2));
  expect(rows(1).toSorted((a, b) => a - b)).toEqual(inOrder);
});
