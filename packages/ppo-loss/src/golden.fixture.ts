import { readGolden } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { Aggregation } from "./aggregation.ts";

export type Rows = readonly (readonly number[])[];

/** A case of the golden vectors, as far as this package reads it. */
export interface GoldenCase {
  readonly name: string;
  readonly group: string;
  readonly inputs: Readonly<
    Record<"newLogp" | "oldLogp" | "advantages" | "mask" | "newValues" | "oldValues" | "returns" | "values", Rows>
  > & {
    readonly behaviourLogp?: Rows;
  };
  readonly params: {
    readonly clipLow: number;
    readonly clipHigh: number;
    readonly dualClip?: number;
    readonly importanceCap?: number;
    readonly logRatioClamp?: number;
    readonly aggregation: Aggregation;
    readonly clip: number | null;
  };
  readonly expected: Readonly<Record<"loss" | "clipfrac" | "explainedVariance", number>> & {
    readonly clipfracLower?: number;
    readonly approxkl?: number;
    readonly ratioMean?: number;
    readonly gradNewLogp: Rows;
    readonly gradNewValues: Rows;
  };
}

export function goldenCases(group: string): GoldenCase[] {
  return readGolden<{ cases: GoldenCase[] }>("vectors.json").cases.filter((one) => one.group === group);
}

export const floats = (rows: Rows): Float32Array => Float32Array.from(rows.flat());
export const bytes = (rows: Rows): Uint8Array => Uint8Array.from(rows.flat());
export const shapeOf = (rows: Rows): readonly [number, number] => [rows.length, rows[0]!.length];
export const tensorOf = (rows: Rows): tf.Tensor => tf.tensor2d(floats(rows), [...shapeOf(rows)]);

/** Within 1e-5, relative above 1: what float32 inputs allow. */
export function expectClose(computed: number | ArrayLike<number>, expected: number | Rows): void {
  const [numbers, wanted] = [
    typeof computed === "number" ? [computed] : computed,
    typeof expected === "number" ? [expected] : expected.flat(),
  ];
  expect(numbers.length).toBe(wanted.length);
  wanted.forEach((x, index) => {
    expect(Math.abs(numbers[index]! - x), `element ${index}: ${numbers[index]} against ${x}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(x)));
  });
}
