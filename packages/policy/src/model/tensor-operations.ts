import {
  add,
  concatColumns,
  geglu,
  type LinearFusion,
  layerNorm,
  type Rotation,
  rmsNorm,
  rotaryEmbedding,
  scaled,
  swiglu,
} from "@cai/kernels";
import type * as tf from "@tensorflow/tfjs-core";
import type { BlockOperations } from "../families/block-operations.ts";
import type { AttentionHeads } from "../families/family.ts";

/** What one block hands over to be attended. */
export interface AttentionInput {
  readonly layer: number;
  /** `[N, (h + 2g)·d]`: of each token h query heads, g key heads and g value heads, d numbers each, queries and keys turned. */
  readonly queryKeyValue: tf.Tensor2D;
  /** h. */
  readonly heads: number;
  /** g: as many as `heads`, or fewer, each shared by as many neighbouring query heads. */
  readonly keyValueHeads: number;
}

/** A linear layer by its name, with what is fused with it: `[N, I]` → `[N, O]`. */
export type LinearLayer = (name: string, input: tf.Tensor, fusion: LinearFusion) => tf.Tensor2D;

/** {@link BlockOperations} on tensors, by this project's kernels: each is differentiable, and may be used inside of `recorded`. */
export function tensorOperations({
  weight,
  linear,
  attend,
  attention: { headCount, keyValueHeadCount },
  turns,
}: {
  /** The weight of that full name; owned by the model. */
  readonly weight: (name: string) => tf.Tensor;
  readonly linear: LinearLayer;
  /** Causal attention with scale 1/√d within each text, over this pass's tokens and those cached before them: `[N, h·d]`. */
  readonly attend: (input: AttentionInput) => tf.Tensor2D;
  readonly attention: AttentionHeads;
  /** By how much each layer turns queries and keys; undefined where it does not. */
  readonly turns: (layer: number) => Rotation | undefined;
}): BlockOperations<tf.Tensor2D> {
  const layerNormWeights = (name: string) => ({ gain: weight(`${name}.weight`), bias: weight(`${name}.bias`) });
  return {
    linear(name, input, { norm, activation, residual } = {}) {
      return linear(name, input, { norm: norm && { ...layerNormWeights(norm.name), epsilon: norm.epsilon }, activation, residual });
    },

    layerNorm(input, { name, epsilon }) {
      const { gain, bias } = layerNormWeights(name);
      return layerNorm(input, gain, bias, epsilon) as tf.Tensor2D;
    },

    rmsNorm: (name, input, { epsilon, gainOffset = 0 }) => rmsNorm(input, weight(`${name}.weight`), epsilon, { gainOffset }) as tf.Tensor2D,
    gated: (activation, gate, up) => (activation === "silu" ? swiglu : geglu)(gate, up) as tf.Tensor2D,
    add: (a, b) => add(a, b) as tf.Tensor2D,
    scale: (input, factor) => scaled(input, factor) as tf.Tensor2D,

    attend(layer, projected) {
      const together = projected.length === 1 ? projected[0] : (concatColumns(projected) as tf.Tensor2D);
      const rotation = turns(layer);
      const queryKeyValue = rotation === undefined ? together : rotaryEmbedding(together, rotation, headCount + keyValueHeadCount);
      return attend({ layer, queryKeyValue: queryKeyValue as tf.Tensor2D, heads: headCount, keyValueHeads: keyValueHeadCount });
    },
  };
}
