import type { DecoderFamily } from "./family.ts";

/** RMS norm before each half of a block, rotary positions, keys and values that groups of query heads share, SwiGLU. */
export const llama: DecoderFamily = {
  modelTypes: ["llama", "mistral", "qwen2"],

  heads({ config, architecture }) {
    const headCount = config.num_attention_heads as number;
    return {
      headCount,
      keyValueHeadCount: (config.num_key_value_heads ?? headCount) as number,
      headSize: 2 * architecture.rotaryFrequencies!.length,
    };
  },

  hiddenStates(graph, { config, architecture }) {
    const epsilon = (config.rms_norm_eps ?? 1e-6) as number;
    const turns = graph.rotation(architecture.rotaryFrequencies!);
    let hidden = graph.embedding("model.embed_tokens.weight", graph.inputIds);
    for (let layer = 0; layer < architecture.layerCount; layer++) {
      const name = `model.layers.${layer}`;
      const beforeAttention = graph.rmsNorm(`${name}.input_layernorm`, hidden, epsilon);
      const project = (projection: string) => graph.linear(`${name}.self_attn.${projection}`, beforeAttention);
      const attended = graph.attend({
        layer,
        query: graph.rotate(graph.queryHeads(project("q_proj")), turns),
        key: graph.rotate(graph.keyValueHeads(project("k_proj")), turns),
        value: graph.keyValueHeads(project("v_proj")),
      });
      hidden = graph.add(hidden, graph.linear(`${name}.self_attn.o_proj`, attended));
      const beforeMlp = graph.rmsNorm(`${name}.post_attention_layernorm`, hidden, epsilon);
      const gate = graph.silu(graph.linear(`${name}.mlp.gate_proj`, beforeMlp));
      const inner = graph.multiply(gate, graph.linear(`${name}.mlp.up_proj`, beforeMlp));
      hidden = graph.add(hidden, graph.linear(`${name}.mlp.down_proj`, inner));
    }
    return graph.rmsNorm("model.norm", hidden, epsilon);
  },
};
