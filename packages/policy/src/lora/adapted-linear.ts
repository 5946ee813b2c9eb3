import { loraLinear, scaledColumns } from "@cai/kernels";
import type * as tf from "@tensorflow/tfjs-core";
import type { LayerUpdate } from "./adapter.ts";

/** A linear layer, as `linear` takes it, with what an adapter does to it. */
export function adaptedLinear(
  x: tf.Tensor,
  {
    weight,
    bias,
    transposed,
    update: { a, b, scale, offset, columns },
  }: {
    readonly weight: tf.Tensor;
    readonly bias: tf.Tensor | undefined;
    readonly transposed: boolean;
    readonly update: LayerUpdate;
  },
): tf.Tensor {
  if (columns === undefined) return loraLinear(x, { weight, bias, a, b, c: offset, scale, transposed });
  const sum = loraLinear(x, { weight, a, b, scale, transposed });
  return scaledColumns(sum, { gain: columns.magnitudes, divisor: () => columns.lengths(weight), bias });
}
