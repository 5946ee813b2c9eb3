import type { BlockOperations } from "@cai/policy";
import type { DecoderLayers } from "./decoder-layers.ts";

/**
 * A family's block operations as nodes of a graph: what a policy computes in one kernel, in as many nodes as it takes:
 * `architecture.block(0, hidden, unfolded(layers))` writes the first block into the graph.
 */
export function unfolded(layers: DecoderLayers): BlockOperations<string> {
  return {
    linear(name, input, { norm, activation, residual } = {}) {
      const product = layers.linear(name, norm === undefined ? input : layers.layerNorm(norm.name, input, norm.epsilon));
      const activated = activation === "gelu" ? layers.gelu(product) : product;
      return residual === undefined ? activated : layers.add(residual, activated);
    },

    layerNorm: (input, { name, epsilon }) => layers.layerNorm(name, input, epsilon),

    rmsNorm(name, input, { epsilon, heads = 1, gainOffset = 0 }) {
      if (heads === 1) return layers.rmsNorm(name, input, { epsilon, gainOffset });
      return layers.mergeHeads(layers.rmsNorm(name, layers.splitHeads(input, heads), { epsilon, gainOffset }));
    },

    gated: (activation, gate, up) => layers.multiply(layers[activation](gate), up),
    add: (a, b) => layers.add(a, b),
    scale: (input, factor) => layers.multiply(input, layers.number(factor)),
    attend: (layer, projected) => layers.attend(layer, projected),
  };
}
