import { expect, test } from "vitest";
import { formatAligned, formatEnds, formatOf, formatSigned } from "./format-aligned.js";

test("numbers of one column have the same decimals; very small and very large ones are told otherwise", () => {
  expect([0, 0.3141, -1.2, 12].map((value) => formatAligned(value))).toEqual(["0.000", "0.314", "−1.200", "12.000"]);
  expect([0.00012, -1234, undefined, null, Number.NaN].map((value) => formatAligned(value))).toEqual(["1.2e-4", "−1,234", "–", "–", "–"]);
});

test("what lies around 0 has a sign, what does not has none", () => {
  expect([0.5, -0.5, 0].map(formatSigned)).toEqual(["+0.500", "−0.500", "0.000"]);
  const strip = (middle?: number) => ({ name: "", about: "", of: () => undefined, ...(middle !== undefined && { middle }) });
  expect([formatOf(strip(0), 2), formatOf(strip(1), 2), formatOf(strip(), 0.5)]).toEqual(["+2.000", "2.000", "0.500"]);
  expect(formatEnds(strip(0), [-2.5, 2.5])).toBe("±2.50");
  expect(formatEnds(strip(), [0, 1])).toBe("0–1");
  expect(formatEnds(strip(1), [0.25, 4])).toBe("0.25–4.00");
});
