import fc from "fast-check";
import { expect, test } from "vitest";
import { quantizeOutputs } from "./quantize.ts";

test("each output is rounded to 127 steps of its own largest weight, worked by hand", () => {
  // Outputs are columns: 63, 1 with the scale 1, and −31.4, 2 with the scale 31.4 / 63.
  const { values, scales } = quantizeOutputs(Float32Array.of(63, -31.4, 1, 2), [2, 2], false)!;
  expect([...values]).toEqual([63, -63, 1, 4]);
  expect(scales[0]).toBe(1);
  expect(scales[1]).toBeCloseTo(31.4 / 63, 6);
});

test("a matrix that is stored by outputs gives the same, turned", () => {
  const numbers = fc.integer({ min: 1, max: 150 }).chain((rows) =>
    fc.integer({ min: 1, max: 9 }).chain((columns) =>
      fc.record({
        shape: fc.constant([rows, columns] as const),
        matrix: fc.float32Array({
          minLength: rows * columns,
          maxLength: rows * columns,
          noNaN: true,
          noDefaultInfinity: true,
          min: -5,
          max: 5,
        }),
      }),
    ),
  );
  fc.assert(
    fc.property(numbers, ({ matrix, shape: [rows, columns] }) => {
      const turned = Float32Array.from(matrix, (_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)]!);
      expect(quantizeOutputs(turned, [columns, rows], true)).toEqual(quantizeOutputs(matrix, [rows, columns], false));
    }),
    { numRuns: 50 },
  );
});

test("a number comes back within half a scale, and none is larger than 63", () => {
  const row = fc.float32Array({ minLength: 1, maxLength: 30, noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(row, (matrix) => {
      const { values, scales } = quantizeOutputs(matrix, [matrix.length, 1], false)!;
      for (const [index, number] of matrix.entries()) {
        expect(Math.abs(values[index]!)).toBeLessThanOrEqual(63);
        expect(Math.abs(values[index]! * scales[0]! - number)).toBeLessThanOrEqual(scales[0]! * 0.5001);
      }
    }),
  );
});

test("an output of zeros stays zeros, and what is no finite number is refused", () => {
  expect(quantizeOutputs(new Float32Array(4), [2, 2], true)).toEqual({ values: new Int8Array(4), scales: Float32Array.of(1, 1) });
  for (const spoilt of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const transposed of [false, true]) {
      const matrix = new Float32Array(6).fill(1).fill(spoilt, 3, 4);
      expect(quantizeOutputs(matrix, [3, 2], transposed)).toBeUndefined();
    }
  }
});
