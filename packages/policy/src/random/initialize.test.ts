import { expect, test } from "vitest";
import type { ParameterSpec } from "../families/family.ts";
import { initialize } from "./initialize.ts";

const matrix = { name: "matrix", shape: [100, 200], layer: 0, initial: { standardDeviation: 0.02 } };

/** Numbers that a weight starts from, wherever it lies and whatever was there. */
function initialValues(spec: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(spec.shape.reduce((product, size) => product * size, 1)).fill(Number.NaN);
  initialize(values, spec, seed);
  return values;
}

test("constants fill the whole weight", () => {
  expect([...initialValues({ name: "gain", shape: [3], layer: 0, initial: { constant: 1 } }, 7)]).toEqual([1, 1, 1]);
});

test("a matrix starts normal, with the given standard deviation", () => {
  const values = initialValues(matrix, 7);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  expect(Math.abs(mean)).toBeLessThan(0.0005);
  expect(deviation).toBeCloseTo(0.02, 3);
  const within = values.filter((value) => Math.abs(value) < 0.02).length / values.length;
  expect(within).toBeCloseTo(0.683, 1);
});

test("the numbers follow from seed and name alone", () => {
  expect(initialValues(matrix, 7)).toEqual(initialValues({ ...matrix, layer: 4 }, 7));
  expect(initialValues(matrix, 7)).not.toEqual(initialValues(matrix, 8));
  expect(initialValues(matrix, 7)).not.toEqual(initialValues({ ...matrix, name: "other" }, 7));
});

test("a weight of millions of numbers repeats itself after a prime number of them", () => {
  const values = initialValues({ ...matrix, shape: [2200, 1000] }, 7);
  const period = 1048583;
  expect(values.every((value, index) => value === values[index % period])).toBe(true);
  expect(values.findIndex((value, index) => index > 0 && value === values[0] && values[index + 1] === values[1])).toBe(period);
});
