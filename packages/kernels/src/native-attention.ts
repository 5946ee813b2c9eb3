import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { nativeOps } from "./native-ops.ts";
import type { PackedSequences } from "./packed-attention.ts";

/**
 * `packedAttention` by our own kernels, which store nothing of the size of P: blocks of it are computed when they are needed, in the
 * backward pass again (Dao et al. 2022, https://arxiv.org/abs/2205.14135).
 *
 * With S = q·kᵀ/√d over the tokens seen, y = P·v, P = exp(S − lse), lse = log Σ exp S `[N, h]`. For the backward pass dv = Pᵀ·dy,
 * D = Σ dy·y, dS = P(dy·vᵀ − D), dq = dS·k/√d, dk = dSᵀ·q/√d. Saved: the rows, y and lse.
 */
export function nativePackedAttention(queryKeyValue: tf.Tensor, { lengths, heads, keyValueHeads }: PackedSequences): tf.Tensor {
  const attributes = { heads: { int: heads }, key_value_heads: { int: keyValueHeads } };
  return differentiable({
    inputs: { queryKeyValue },
    forward: (save) => {
      const [y, lse] = nativeOps()!.runMany("CaiPackedAttention", attributes, [queryKeyValue, tf.tensor1d(lengths, "int32")], 2);
      save?.([queryKeyValue, y!, lse!]);
      return y!;
    },
    gradients: (dy, [rows, y, lse]) => ({
      queryKeyValue: () => nativeOps()!.run("CaiPackedAttentionGradient", attributes, [rows!, tf.tensor1d(lengths, "int32"), y!, lse!, dy]),
    }),
  });
}
