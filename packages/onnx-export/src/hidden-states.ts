import type { DecoderGraph } from "./decoder-graph.ts";
import type { DecoderArchitecture } from "./decoder-layers.ts";
import { unfolded } from "./unfolded.ts";

/** Writes a decoder's blocks into a graph, from tokens to the hidden states after the final norm, `[B · T, H]`. */
export function hiddenStates(graph: DecoderGraph, architecture: DecoderArchitecture): string {
  const operations = unfolded(graph);
  let hidden = graph.embed(architecture.embedding);
  for (let layer = 0; layer < architecture.layerCount; layer++) hidden = architecture.block(layer, hidden, operations);
  return architecture.finalNorm(hidden, operations);
}
