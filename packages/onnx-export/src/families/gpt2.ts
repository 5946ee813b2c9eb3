import type { DecoderStructure } from "../decoder-model.ts";
import type { DecoderFamily } from "./family.ts";

/** Learned positions, layer norm before each half of a block, tanh-GELU. */
export const gpt2: DecoderFamily = {
  modelTypes: ["gpt2"],
  embeddings: { tokens: "transformer.wte.weight", positions: "transformer.wpe.weight" },

  heads({ config }) {
    const { n_embd: hiddenSize, n_head: headCount } = config as { n_embd: number; n_head: number };
    return { headCount, keyValueHeadCount: headCount, headSize: hiddenSize / headCount };
  },

  block(layers, layer, hidden, model) {
    const name = `transformer.h.${layer}`;
    const queryKeyValue = layers.linear(`${name}.attn.c_attn`, layers.layerNorm(`${name}.ln_1`, hidden, epsilonOf(model)));
    const afterAttention = layers.add(hidden, layers.linear(`${name}.attn.c_proj`, layers.attend(layer, [queryKeyValue])));
    const inner = layers.gelu(layers.linear(`${name}.mlp.c_fc`, layers.layerNorm(`${name}.ln_2`, afterAttention, epsilonOf(model))));
    return layers.add(afterAttention, layers.linear(`${name}.mlp.c_proj`, inner));
  },

  finalNorm: (layers, hidden, model) => layers.layerNorm("transformer.ln_f", hidden, epsilonOf(model)),
};

const epsilonOf = ({ config }: DecoderStructure) => (config.layer_norm_epsilon ?? 1e-5) as number;
