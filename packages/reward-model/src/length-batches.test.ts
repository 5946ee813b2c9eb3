import fc from "fast-check";
import { expect, test } from "vitest";
import { lengthBatches } from "./length-batches.ts";

test("rows of like length share a batch, and rows of one length keep their order", () => {
  expect(lengthBatches([9, 1, 8, 1, 2], 2)).toEqual([[1, 3], [4, 2], [0]]);
});

test("every row is in one batch, none is too large, and no batch holds a row shorter than one before", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 8 }), (lengths, batchSize) => {
      const batches = lengthBatches(lengths, batchSize);
      const order = batches.flat();
      expect([...order].sort((a, b) => a - b)).toEqual(lengths.map((_, row) => row));
      expect(batches.every((batch) => batch.length <= batchSize)).toBe(true);
      expect(order.every((row, index) => index === 0 || lengths[order[index - 1]!]! <= lengths[row]!)).toBe(true);
    }),
  );
});
