import { PolicyError } from "../error.ts";
import { decoderNames, readDecoderConfig, writeDecoderMetadata } from "../gguf/decoder-format.ts";
import { ggufRopeDivisors } from "../gguf/rope-scaling.ts";
import { refuseShortQwenWindow } from "./attention-window.ts";
import { decoderSizes } from "./decoder-sizes.ts";
import { decoderStructure } from "./decoder-structure.ts";
import { everyRow, type ModelFamily } from "./family.ts";
import { rotaryFrequencies } from "./rotary-frequencies.ts";

/** What a configuration without `head_dim` means. */
const absentHeadSize = 128;

/**
 * Qwen3's dense models (Yang et al. 2025, https://arxiv.org/abs/2505.09388): as Qwen2, but queries and keys are normalised head by head before they
 * are turned, and no bias unless `attention_bias` asks for it. Over texts no longer than an attention window in use.
 */
export const qwen3: ModelFamily = {
  modelType: "qwen3",

  architecture(config) {
    config.require("hidden_act", "silu");
    refuseShortQwenWindow(config);
    const sizes = decoderSizes(config, { headSize: absentHeadSize });
    const { hiddenSize, innerSize, headCount, keyValueHeadCount, headSize, layerCount } = sizes;
    const [querySize, keyValueSize] = [headCount * headSize, keyValueHeadCount * headSize];
    const epsilon = config.positiveNumber("rms_norm_eps", 1e-6);
    const bias = config.flag("attention_bias");
    const frequencies = rotaryFrequencies(config, headSize);
    return {
      ...decoderStructure(sizes, [
        { name: "input_layernorm", shape: [hiddenSize] },
        { name: "self_attn.q_proj", shape: [querySize, hiddenSize], bias },
        { name: "self_attn.q_norm", shape: [headSize] },
        { name: "self_attn.k_proj", shape: [keyValueSize, hiddenSize], bias },
        { name: "self_attn.k_norm", shape: [headSize] },
        { name: "self_attn.v_proj", shape: [keyValueSize, hiddenSize], bias },
        { name: "self_attn.o_proj", shape: [hiddenSize, querySize], bias },
        { name: "post_attention_layernorm", shape: [hiddenSize] },
        { name: "mlp.gate_proj", shape: [innerSize, hiddenSize] },
        { name: "mlp.up_proj", shape: [innerSize, hiddenSize] },
        { name: "mlp.down_proj", shape: [hiddenSize, innerSize] },
      ]),
      rotaryFrequencies: Array.from({ length: layerCount }, () => frequencies),

      block(layer, hidden, ops, rowsRead = everyRow) {
        const name = `model.layers.${layer}`;
        const beforeAttention = ops.rmsNorm(`${name}.input_layernorm`, hidden, { epsilon });
        const query = ops.linear(`${name}.self_attn.q_proj`, beforeAttention);
        const key = ops.linear(`${name}.self_attn.k_proj`, beforeAttention);
        const attended = ops.attend(layer, [
          ops.rmsNorm(`${name}.self_attn.q_norm`, query, { epsilon, heads: headCount }),
          ops.rmsNorm(`${name}.self_attn.k_norm`, key, { epsilon, heads: keyValueHeadCount }),
          ops.linear(`${name}.self_attn.v_proj`, beforeAttention),
        ]);
        const afterAttention = ops.linear(`${name}.self_attn.o_proj`, rowsRead(attended), { residual: rowsRead(hidden) });
        const beforeMlp = ops.rmsNorm(`${name}.post_attention_layernorm`, afterAttention, { epsilon });
        const gate = ops.linear(`${name}.mlp.gate_proj`, beforeMlp);
        const inner = ops.gated("silu", gate, ops.linear(`${name}.mlp.up_proj`, beforeMlp));
        return ops.linear(`${name}.mlp.down_proj`, inner, { residual: afterAttention });
      },

      finalNorm: (hidden, ops) => ops.rmsNorm("model.norm", hidden, { epsilon }),
    };
  },

  gguf: {
    architecture: "qwen3",
    names: {
      ...decoderNames,
      "model.layers.*.self_attn.q_norm": "blk.*.attn_q_norm",
      "model.layers.*.self_attn.k_norm": "blk.*.attn_k_norm",
    },
    ropeDivisors: ggufRopeDivisors,

    writeMetadata(config) {
      if (config.attention_bias === true) throw new PolicyError("unsupported-config", "GGUF files have no words for biases of a Qwen3");
      return writeDecoderMetadata({ head_dim: absentHeadSize, ...config });
    },

    async readConfig(metadata) {
      const config = await readDecoderConfig(metadata);
      return {
        architectures: ["Qwen3ForCausalLM"],
        model_type: "qwen3",
        hidden_act: "silu",
        ...config,
        attention_bias: false,
        use_sliding_window: false,
      };
    },
  },
};
