import type * as tf from "@tensorflow/tfjs-core";
import type { NativeAttribute } from "./native-ops.ts";

/** What a model computes right before and right after a linear layer, so that one operation can do all of it. */
export interface LinearFusion {
  /** Before: the input goes through `layerNorm`. */
  readonly norm?: { readonly gain: tf.Tensor; readonly bias: tf.Tensor; readonly epsilon: number } | undefined;
  /** After: applied to x·W + b. */
  readonly activation?: "gelu" | undefined;
  /** Last: added to what the activation gives; of the result's shape. */
  readonly residual?: tf.Tensor | undefined;
}

/** A bias and a fusion as attributes and inputs of a native operation, which has them after its own. */
export function nativeFusion(
  bias: tf.Tensor | undefined,
  { norm, activation, residual }: LinearFusion,
): { readonly attributes: Readonly<Record<string, NativeAttribute>>; readonly inputs: readonly tf.Tensor[] } {
  const inputs: tf.Tensor[] = [];
  if (bias !== undefined) inputs.push(bias);
  if (residual !== undefined) inputs.push(residual);
  if (norm !== undefined) inputs.push(norm.gain, norm.bias);
  const attributes = {
    gelu: { bool: activation === "gelu" },
    epsilon: { float: norm?.epsilon ?? 0 },
    N: { int: bias === undefined ? 0 : 1 },
    M: { int: residual === undefined ? 0 : 1 },
    L: { int: norm === undefined ? 0 : 2 },
  };
  return { attributes, inputs };
}
