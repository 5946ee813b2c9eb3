import { expect, test } from "vitest";
import { holds } from "../compare.ts";
import { compareGradients, compareWeights } from "./compare-updates.ts";
import type { GoldenUpdate } from "./update-file.ts";
import type { WatchedUpdate } from "./watch-updates.ts";

const params = { learningRate: 1e-3, adamBeta1: 0.9, adamBeta2: 0.999, adamEpsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 };
const named = (data: readonly number[]) => new Map([["w", { shape: [data.length], data: Float32Array.from(data) }]]);

// One tensor of two weights. Gradients 0.3 and −0.4, norm 0.5; then 0.6 and 0.8, norm 1.
// Adam by hand: the first step is ∓ lr; the second has m̂ = (0.09·g₁ + 0.1·g₂) / 0.19, v̂ = (0.000999·g₁² + 0.001·g₂²) / 0.001999.
const gradients = [
  [0.3, -0.4],
  [0.6, 0.8],
] as const;
const second = ([g1, g2]: readonly [number, number]) =>
  (0.09 * g1 + 0.1 * g2) / 0.19 / Math.sqrt((0.000999 * g1 ** 2 + 0.001 * g2 ** 2) / 0.001999);
const after = [
  [1 - 1e-3, 2 + 1e-3],
  [1 - 1e-3 - 1e-3 * second([0.3, 0.6]), 2 + 1e-3 - 1e-3 * second([-0.4, 0.8])],
] as const;
const watched: WatchedUpdate[] = gradients.map((gradient, step) => ({
  gradients: named(gradient),
  scale: 1,
  weights: named(after[step]!),
}));
const golden: GoldenUpdate[] = gradients.map((gradient, step) => ({
  loss: 0,
  metrics: {},
  gradNorm: [0.5, 1][step]!,
  tensors: [{ name: "w", at: [0, 1], norm: [0.5, 1][step]!, gradient: [...gradient], after: [...after[step]!] }],
}));
const changed = (update: GoldenUpdate, change: Partial<GoldenUpdate["tensors"][number]>): GoldenUpdate => ({
  ...update,
  tensors: [{ ...update.tensors[0]!, ...change }],
});

test("what is equal holds, after one step and after two", () => {
  expect(compareGradients(watched[0]!, golden[0]!).every(holds)).toBe(true);
  for (const steps of [1, 2]) expect(compareWeights(watched.slice(0, steps), golden.slice(0, steps), params).every(holds)).toBe(true);
});

test("a gradient, a tensor's norm, or a weight that is off does not", () => {
  const gradientOff = changed(golden[0]!, { gradient: [0.3, -0.4002] });
  expect(compareGradients(watched[0]!, gradientOff).filter((one) => !holds(one))).toHaveLength(1);
  expect(compareGradients(watched[0]!, changed(golden[0]!, { norm: 0.501 })).filter((one) => !holds(one))).toHaveLength(1);
  for (const steps of [1, 2]) {
    const weightOff = golden
      .slice(0, steps)
      .map((update) => changed(update, { after: [update.tensors[0]!.after[0]! + 5e-6, after[0]![1]] }));
    expect(compareWeights(watched.slice(0, steps), weightOff, params).every(holds)).toBe(false);
  }
});

test("a tensor that one of the two lacks is told by its name", () => {
  const other = changed(golden[0]!, { name: "v" });
  expect(() => compareGradients(watched[0]!, other)).toThrow("w: computed, but not in the golden file");
  expect(() => compareWeights([watched[0]!], [other], params)).toThrow("v is in the golden file, but nothing of that name was computed");
});
