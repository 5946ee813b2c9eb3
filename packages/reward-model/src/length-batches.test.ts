import fc from "fast-check";
import { expect, test } from "vitest";
import { lengthBatches } from "./length-batches.ts";

test("rows of like length share a batch, and rows of one length keep their order", () => {
  expect(lengthBatches([9, 1, 8, 1, 2], { batchSize: 2, mixed: true })).toEqual([[1, 3], [4, 2], [0]]);
});

test("where nothing may be padded, only rows of one length share a batch", () => {
  expect(lengthBatches([9, 1, 8, 1, 9, 1], { batchSize: 2, mixed: false })).toEqual([[1, 3], [5], [2], [0, 4]]);
});

test("every row is in one batch, none is too large, and no batch holds a row shorter than one before", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 8 }), fc.boolean(), (lengths, batchSize, mixed) => {
      const batches = lengthBatches(lengths, { batchSize, mixed });
      const order = batches.flat();
      expect([...order].sort((a, b) => a - b)).toEqual(lengths.map((_, row) => row));
      expect(batches.every((batch) => batch.length <= batchSize)).toBe(true);
      expect(mixed || batches.every((batch) => new Set(batch.map((row) => lengths[row])).size === 1)).toBe(true);
      expect(order.every((row, index) => index === 0 || lengths[order[index - 1]!]! <= lengths[row]!)).toBe(true);
    }),
  );
});
