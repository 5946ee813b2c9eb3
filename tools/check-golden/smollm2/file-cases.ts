import type { GgufFile } from "@cai/gguf";
import type { NamedCheck } from "../case.ts";
import { compareNumbers, compareTexts, exact } from "../compare.ts";
import { tolerances } from "../tolerances.ts";
import type { ExpectedSmollm2 } from "./expected.ts";

/** The file as it is: quantisations, and dequantised weights in its own layout. */
export function fileCases(file: GgufFile, expected: ExpectedSmollm2): NamedCheck[] {
  return [
    {
      name: "tensors by quantisation",
      compute: () => {
        const dtypes = [...file.tensors.values()].map(({ dtype }) => dtype);
        return Object.entries(expected.quantisation).map(([dtype, { tensors }]) =>
          compareNumbers(dtype, dtypes.filter((one) => one === dtype).length, tensors, exact),
        );
      },
    },
    ...expected.weights.map(({ ggufName, row, first8 }) => ({
      name: `weights of ${ggufName}`,
      compute: async () => {
        const columns = file.tensors.get(ggufName)?.shape.at(-1) ?? 0;
        const start = (row ?? 0) * columns;
        return [compareNumbers("first 8", (await file.readFloat32(ggufName)).subarray(start, start + 8), first8, tolerances.weights)];
      },
    })),
    ...expected.weightSummaries.map(({ ggufName, shape, mean, meanAbs }) => ({
      name: `mean and mean |x| of ${ggufName}`,
      compute: async () => {
        const values = await file.readFloat32(ggufName);
        const meanOf = (of: (x: number) => number) => values.reduce((sum, x) => sum + of(x), 0) / values.length;
        return [
          compareTexts("shape", `${file.tensors.get(ggufName)?.shape}`, `${shape}`),
          compareNumbers("mean", meanOf(Number), mean, tolerances.weights),
          compareNumbers("mean |x|", meanOf(Math.abs), meanAbs, tolerances.weights),
        ];
      },
    })),
  ];
}
