import type { GraphBuilder } from "@cai/onnx-graph";
import { DecoderGraph } from "./decoder-graph.ts";
import type { DecoderModel } from "./decoder-model.ts";
import { hiddenStates } from "./hidden-states.ts";

/**
 * The graph that reads whole texts and gives each a score, as a classifier with one class: w·h, h being the hidden state at the text's last
 * token.
 *
 * Inputs: `input_ids` and `attention_mask` int64 `[B, T]`, 1 counts; rows may be padded on either side. Output: `logits` float32 `[B, 1]`.
 * Operators and `quantize` are as in `buildDecodeGraph`; the score itself stays in float32.
 *
 * @param score w, `[H]`.
 * @throws OnnxExportError `not-finite` for a weight that is no finite number.
 * @example
 * const { architecture, parameters } = policy.parts;
 * const weights = new Map([...parameters].map(([name, { value }]) => [name, value.dataSync() as Float32Array]));
 * const bytes = buildScoreGraph({ architecture, weights, score: new Float32Array(policy.hiddenSize) }).toBytes();
 */
export function buildScoreGraph({
  quantize = false,
  score,
  ...model
}: DecoderModel & { readonly quantize?: boolean; readonly score: Float32Array }): GraphBuilder {
  const graph = new DecoderGraph({ model, quantize, generates: false });
  graph.finishScores(hiddenStates(graph, model.architecture), score);
  return graph.builder;
}
