import type { GraphBuilder } from "@cai/onnx-graph";
import { DecoderGraph } from "./decoder-graph.ts";
import type { DecoderModel } from "./decoder-model.ts";
import { hiddenStates } from "./hidden-states.ts";

export type { DecoderModel } from "./decoder-model.ts";

/**
 * The graph that reads tokens with what was read before them, and gives the logits after each: one forward pass of generation.
 *
 * Inputs: `input_ids` and `position_ids` int64 `[B, T]`, `attention_mask` int64 `[B, P + T]` (1 counts), and for each layer n
 * `past_key_values.n.key` and `.value` float32 `[B, key heads, P, d]`, P = 0 at the beginning. Outputs: `logits` float32 `[B, T, V]`, and
 * `present.n.key`, `present.n.value` `[B, key heads, P + T, d]`, the next pass's past. Rows may be padded on the left.
 *
 * ONNX's own operators only, of opset 17, so that every build of ONNX Runtime runs it. With `quantize`, the matrices are int8 (one scale
 * an output; 7 bits, so that no processor's 16-bit sums overflow), and what is multiplied by them is rounded to 8 bits, one scale a token:
 * a row does not depend on its neighbours there either. Norms, attention and the cache stay in float32.
 *
 * @throws OnnxExportError `not-finite` for a weight that is no finite number.
 * @example
 * const { architecture, parameters } = policy.parts;
 * const weights = new Map([...parameters].map(([name, { value }]) => [name, value.dataSync() as Float32Array]));
 * const bytes = buildDecodeGraph({ architecture, weights }).toBytes(); // InferenceSession.create(bytes)
 */
export function buildDecodeGraph({ quantize = false, ...model }: DecoderModel & { readonly quantize?: boolean }): GraphBuilder {
  const graph = new DecoderGraph({ model, quantize });
  graph.finish(hiddenStates(graph, model.architecture));
  return graph.builder;
}
