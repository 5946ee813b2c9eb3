import type { DecoderStructure } from "../decoder-model.ts";
import type { DecoderFamily } from "./family.ts";

/** RMS norm before each half of a block, rotary positions, keys and values that groups of query heads share, SwiGLU. */
export const llama: DecoderFamily = {
  modelTypes: ["llama", "mistral", "qwen2"],
  embeddings: { tokens: "model.embed_tokens.weight" },

  heads({ config, architecture }) {
    const headCount = config.num_attention_heads as number;
    return {
      headCount,
      keyValueHeadCount: (config.num_key_value_heads ?? headCount) as number,
      headSize: 2 * architecture.rotaryFrequencies!.length,
    };
  },

  block(layers, layer, hidden, model) {
    const name = `model.layers.${layer}`;
    const beforeAttention = layers.rmsNorm(`${name}.input_layernorm`, hidden, epsilonOf(model));
    const project = (projection: string) => layers.linear(`${name}.self_attn.${projection}`, beforeAttention);
    const attended = layers.attend(layer, [project("q_proj"), project("k_proj"), project("v_proj")]);
    const afterAttention = layers.add(hidden, layers.linear(`${name}.self_attn.o_proj`, attended));
    const beforeMlp = layers.rmsNorm(`${name}.post_attention_layernorm`, afterAttention, epsilonOf(model));
    const gate = layers.silu(layers.linear(`${name}.mlp.gate_proj`, beforeMlp));
    const inner = layers.multiply(gate, layers.linear(`${name}.mlp.up_proj`, beforeMlp));
    return layers.add(afterAttention, layers.linear(`${name}.mlp.down_proj`, inner));
  },

  finalNorm: (layers, hidden, model) => layers.rmsNorm("model.norm", hidden, epsilonOf(model)),
};

const epsilonOf = ({ config }: DecoderStructure) => (config.rms_norm_eps ?? 1e-6) as number;
