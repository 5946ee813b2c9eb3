import type { OptionSpec } from "@cai/training";
import { describe, expect, test } from "vitest";
import { type Algorithm, algorithms } from "./algorithms.ts";

/** Compared and multiplied in float64 only, where they are as good as any other. */
const inFloat64 = [
  "topP",
  "gamma",
  "lambda",
  "lambdaAlpha",
  "valueLambda",
  "adamBeta1",
  "adamBeta2",
  "maxApproxKl",
  "maxKl",
  "minEntropy",
  "klTarget",
  "klHorizon",
];
/** Bounds from above, which bound nothing when huge. */
const limits = ["maxGradNorm", "clipRangeHigh", "epsilonHigh", "dualClip", "logRatioClamp", "valueClipRange", "rewardClip"];

describe.each(Object.entries(algorithms) as [string, Algorithm][])("%s", (_, { table, resolve: resolveAll }) => {
  // Float32 makes 0 of 1e-46 and infinity of 1e39; 1e-40 is below its normal numbers, which processors may take for 0.
  const numbers = Object.entries(table).filter(([, spec]) => typeof spec.default === "number" && !("integer" in spec));

  test.each(numbers)("%s is refused where float32 would make 0 or infinity of it", (name) => {
    const resolve = (value: number) => () => resolveAll({ [name]: value });
    if (!inFloat64.includes(name))
      for (const tiny of [1e-46, 1e-40, 5e-324]) expect(resolve(tiny)).toThrow(new RegExp(`^${name} is ${tiny}; `));
    if (![...inFloat64, ...limits].includes(name))
      for (const huge of [1e39, 1e308]) expect(resolve(huge)).toThrow(new RegExp(`${name} is `));
  });

  test("an option that 0 turns off may be 0, and every other bound is one that can be reached", () => {
    for (const [name, { min, max, exclusiveMin, zeroIsOff }] of numbers as [string, OptionSpec<number>][]) {
      const rest = { batchSize: 1, learningRate: 1e-37, ...("valueLearningRate" in table && { valueLearningRate: 0 }) };
      const resolve = (value: number) => expect(resolveAll({ ...rest, [name]: value }), name).toMatchObject({ [name]: value });
      if (zeroIsOff) resolve(0);
      if (min !== undefined && !exclusiveMin) resolve(min);
      if (max !== undefined) resolve(max);
    }
  });

  test("every option has a description", () => {
    for (const spec of Object.values(table)) expect(spec.describe.length).toBeGreaterThan(5);
  });
});
