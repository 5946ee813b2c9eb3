import type * as tf from "@tensorflow/tfjs-core";
import type { NativeAttribute } from "./native-ops.ts";

/** What a linear layer is given, and what becomes of its result. */
export interface LinearSurroundings {
  /** The input is normalised by `layerNorm`. */
  readonly norm?: { readonly gain: tf.Tensor; readonly bias: tf.Tensor; readonly epsilon: number } | undefined;
  readonly activation?: "gelu" | undefined;
  /** Added in the end; of the result's shape. */
  readonly residual?: tf.Tensor | undefined;
}

/** A bias and surroundings as a native operation takes them, behind its own attributes and inputs. */
export function nativeSurroundings(
  bias: tf.Tensor | undefined,
  { norm, activation, residual }: LinearSurroundings,
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
