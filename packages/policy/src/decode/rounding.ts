import {
  type HalfWeights,
  halfLinear,
  halveColumns,
  type Int8Weights,
  int8Linear,
  type LinearFusion,
  quantizeColumns,
  type TokenLayer,
} from "@cai/kernels";
import type * as tf from "@tensorflow/tfjs-core";

/** How weights are rounded, and what computes with them. */
export interface Rounding<Rounded> {
  /** @param options of `quantizeColumns` */
  readonly round: (weight: tf.Tensor, options: Parameters<typeof quantizeColumns>[1]) => Rounded;
  readonly linear: (input: tf.Tensor, weights: Rounded, bias?: tf.Tensor, fusion?: LinearFusion) => tf.Tensor;
  readonly tensorsOf: (weights: Rounded) => tf.Tensor[];
  /** For a token's pass as one operation, where that knows such weights. */
  readonly asTokenLayer?: (weights: Rounded) => TokenLayer;
}

/** To integers of 8 bits, with a scale for each output. */
export const int8Rounding: Rounding<Int8Weights> = {
  round: quantizeColumns,
  linear: int8Linear,
  tensorsOf: ({ integers, scales }) => [integers, scales],
  asTokenLayer: (int8) => ({ int8 }),
};

/** To half precision, on WebGPU. */
export const halfRounding: Rounding<HalfWeights> = {
  round: halveColumns,
  linear: halfLinear,
  tensorsOf: ({ halves }) => [halves],
};
