import type { GraphBuilder } from "@cai/onnx-graph";
import type { Matrices } from "./matrices.ts";
import type { ModelWeights } from "./model-weights.ts";

/** Matrices as they are. */
export function float32Matrices(builder: GraphBuilder, weights: ModelWeights): Matrices {
  return {
    rows: (name, ids) => builder.node("Gather", [weights.tensor(name), ids]),
    product: (input, name, { transposed, bias }) =>
      builder.node("Gemm", [input, weights.tensor(name), ...(bias === undefined ? [] : [weights.tensor(bias)])], {
        attributes: { transB: { int: transposed ? 1 : 0 } },
      }),
  };
}
