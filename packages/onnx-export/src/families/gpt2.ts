import type { DecoderFamily } from "./family.ts";

/** Learned positions, layer norm before each half of a block, tanh-GELU. */
export const gpt2: DecoderFamily = {
  modelTypes: ["gpt2"],

  heads({ config }) {
    const { n_embd: hiddenSize, n_head: headCount } = config as { n_embd: number; n_head: number };
    return { headCount, keyValueHeadCount: headCount, headSize: hiddenSize / headCount };
  },

  hiddenStates(graph, { config, architecture }) {
    const epsilon = (config.layer_norm_epsilon ?? 1e-5) as number;
    let hidden = graph.add(
      graph.embedding("transformer.wte.weight", graph.inputIds),
      graph.embedding("transformer.wpe.weight", graph.positionIds),
    );
    for (let layer = 0; layer < architecture.layerCount; layer++) {
      const name = `transformer.h.${layer}`;
      const queryKeyValue = graph.linear(`${name}.attn.c_attn`, graph.layerNorm(`${name}.ln_1`, hidden, epsilon));
      const [query, key, value] = graph.split(queryKeyValue, 3) as [string, string, string];
      const attended = graph.attend({
        layer,
        query: graph.queryHeads(query),
        key: graph.keyValueHeads(key),
        value: graph.keyValueHeads(value),
      });
      hidden = graph.add(hidden, graph.linear(`${name}.attn.c_proj`, attended));
      const inner = graph.gelu(graph.linear(`${name}.mlp.c_fc`, graph.layerNorm(`${name}.ln_2`, hidden, epsilon)));
      hidden = graph.add(hidden, graph.linear(`${name}.mlp.c_proj`, inner));
    }
    return graph.layerNorm("transformer.ln_f", hidden, epsilon);
  },
};
