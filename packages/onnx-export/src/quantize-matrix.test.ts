import fc from "fast-check";
import { expect, test } from "vitest";
import { quantizeMatrix } from "./quantize-matrix.ts";

const matrix = Float32Array.of(63, -31.4, 0, 2);

test("each row, or each column, has the scale that puts its largest number at 63", () => {
  const byRows = quantizeMatrix({ matrix, shape: [2, 2], perAxis: 0 });
  expect([...byRows.values]).toEqual([63, -31, 0, 63]);
  expect([...byRows.scales]).toEqual([1, Math.fround(2 / 63)]);
  const byColumns = quantizeMatrix({ matrix, shape: [2, 2], perAxis: 1 });
  expect([...byColumns.values]).toEqual([63, -63, 0, 4]); // 2 / (31.4 / 63) = 4.01
  expect([...byColumns.scales]).toEqual([1, Math.fround(Math.fround(31.4) / 63)]);
});

test("zeros stay zeros, with a scale that divides", () => {
  expect(quantizeMatrix({ matrix: new Float32Array(2), shape: [1, 2], perAxis: 0 })).toEqual({
    values: new Int8Array(2),
    scales: Float32Array.of(1),
  });
});

test("no number is further away than half its scale, nor any scale larger than it must be", () => {
  const float = fc.float({ noNaN: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(float, { minLength: 6, maxLength: 6 }), fc.constantFrom(0 as const, 1 as const), (numbers, perAxis) => {
      const { values, scales } = quantizeMatrix({ matrix: Float32Array.from(numbers), shape: [2, 3], perAxis });
      for (const [index, number] of numbers.entries()) {
        const scale = scales[perAxis === 0 ? Math.floor(index / 3) : index % 3]!;
        expect(Math.abs(values[index]! * scale - number)).toBeLessThanOrEqual(scale * 0.50001);
        expect(Math.abs(values[index]!)).toBeLessThanOrEqual(63);
        expect(scale === 1 || numbers.some((one) => Math.abs(one) > 62.99 * scale)).toBe(true);
      }
    }),
  );
});
