import { type Comparison, compareNumbers, type Tolerance } from "../compare.ts";
import type { NamedNumbers } from "../ppo-step/models.ts";
import { adamTolerance, tolerances } from "../tolerances.ts";
import type { GoldenTensor, GoldenUpdate, OptimizerParams } from "./update-file.ts";
import type { WatchedUpdate } from "./watch-updates.ts";

/** The gradients of an update, before clipping: their norm together, each tensor's, and some of its numbers. */
export function compareGradients({ gradients }: WatchedUpdate, { gradNorm, tensors }: GoldenUpdate): Comparison[] {
  const extra = [...gradients.keys()].filter((name) => !tensors.some((tensor) => tensor.name === name));
  if (extra.length > 0) throw new Error(`${extra.join(", ")}: computed, but not in the golden file`);
  const norms = tensors.map(({ name }) => normOf(named(gradients, name)));
  return [
    compareNumbers("norm of all gradients", Math.hypot(...norms), gradNorm, inUnitsOf(gradNorm, 1, tolerances.gradientNorm)),
    ...tensors.map(({ name, norm }, index) =>
      compareNumbers(`norm of ${name}`, norms[index]!, norm, inUnitsOf(gradNorm, 1, tolerances.gradientNorm)),
    ),
    ...gradientComparisons(gradients, { gradNorm, tensors }),
  ];
}

/** The weights after the last of the updates; those before it tell how well each is known. */
export function compareWeights(updates: readonly WatchedUpdate[], golden: readonly GoldenUpdate[], params: OptimizerParams): Comparison[] {
  const noise = updates.map(({ gradients }, index) =>
    Math.max(...gradientComparisons(gradients, golden[index]!).map(({ error }) => error)),
  );
  const { weights } = updates.at(-1)!;
  return golden.at(-1)!.tensors.map((tensor) => {
    const after = at(named(weights, tensor.name), tensor);
    const steps = updates.map(({ gradients, scale }, index) => ({
      gradients: at(named(gradients, tensor.name), tensor),
      scale,
      measuredNoise: noise[index]! * unitOf(golden[index]!.gradNorm),
    }));
    const { learningRate, adamEpsilon: epsilon, adamBeta1: beta1, adamBeta2: beta2 } = params;
    return compareNumbers(tensor.name, after, tensor.after, adamTolerance({ steps, weights: after, learningRate, epsilon, beta1, beta2 }));
  });
}

function gradientComparisons(
  gradients: WatchedUpdate["gradients"],
  { gradNorm, tensors }: Pick<GoldenUpdate, "gradNorm" | "tensors">,
): Comparison[] {
  return tensors.map((tensor) => {
    const computed = at(named(gradients, tensor.name), tensor);
    return compareNumbers(
      `gradient of ${tensor.name}`,
      computed,
      tensor.gradient,
      inUnitsOf(gradNorm, computed.length, tolerances.gradients),
    );
  });
}

/** Gradients are sums in float32, whose rounding grows with their terms: those are as large as all gradients are together. */
function inUnitsOf(gradNorm: number, length: number, { limit }: Tolerance): Tolerance {
  return { limit, units: Array<number>(length).fill(unitOf(gradNorm)) };
}

const unitOf = (gradNorm: number) => Math.max(1, gradNorm);

function normOf({ data }: NamedNumbers): number {
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));
}

function at({ data }: NamedNumbers, { at: places }: GoldenTensor): number[] {
  return places.map((place) => data[place]!);
}

function named(tensors: ReadonlyMap<string, NamedNumbers>, name: string): NamedNumbers {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`${name} is in the golden file, but nothing of that name was computed`);
  return tensor;
}
