import { decoderNames, readDecoderConfig, writeDecoderMetadata } from "../gguf/decoder-format.ts";
import type { GgufFormat } from "../gguf/format.ts";
import { ggufRopeDivisors } from "../gguf/rope-scaling.ts";
import { refuseShortQwenWindow, refuseShortWindow } from "./attention-window.ts";
import type { ConfigFields } from "./config-fields.ts";
import { decoderSizes } from "./decoder-sizes.ts";
import { decoderStructure } from "./decoder-structure.ts";
import { everyRow, type ModelArchitecture, type ModelFamily } from "./family.ts";
import { rotaryFrequencies } from "./rotary-frequencies.ts";

/** Which linear layers have a bias. */
interface Biases {
  readonly queryKeyValue: boolean;
  readonly attentionOutput: boolean;
  readonly mlp: boolean;
}

const noBiases: Biases = { queryKeyValue: false, attentionOutput: false, mlp: false };

const gguf = {
  names: decoderNames,
  writeMetadata: writeDecoderMetadata,
  ropeDivisors: ggufRopeDivisors,
};

const llamaGguf: GgufFormat = {
  ...gguf,
  architecture: "llama",
  interleavesHeads: true,
  leavesOutBiases: true,

  async readConfig(metadata) {
    const hasBias = (layers: string) => {
      const name = new RegExp(`^blk\\.\\d+\\.(${layers})\\.bias$`);
      return [...metadata.file.tensors.keys()].some((tensor) => name.test(tensor));
    };
    return {
      architectures: ["LlamaForCausalLM"],
      model_type: "llama",
      hidden_act: "silu",
      ...(await readDecoderConfig(metadata)),
      attention_bias: hasBias("attn_(q|k|v|output)"),
      mlp_bias: hasBias("ffn_(gate|up|down)"),
    };
  },
};

/** Llama (Touvron et al. 2023, https://arxiv.org/abs/2302.13971), and models built alike, such as SmolLM2. */
export const llama: ModelFamily = {
  modelType: "llama",
  gguf: llamaGguf,
  architecture(config) {
    const attentionBias = config.flag("attention_bias");
    const biases = { queryKeyValue: attentionBias, attentionOutput: attentionBias, mlp: config.flag("mlp_bias") };
    return decoder(config, biases, config.positiveInteger("num_attention_heads"));
  },
};

/** Mistral (Jiang et al. 2023, https://arxiv.org/abs/2310.06825), over texts no longer than its attention window. */
export const mistral: ModelFamily = {
  modelType: "mistral",
  gguf: llamaGguf,
  architecture(config) {
    if (config.json.sliding_window !== null) refuseShortWindow(config, 4096);
    return decoder(config, noBiases);
  },
};

/** Qwen2 and Qwen2.5 (Yang et al. 2024, https://arxiv.org/abs/2407.10671), over texts no longer than an attention window in use. */
export const qwen2: ModelFamily = {
  modelType: "qwen2",
  gguf: {
    ...gguf,
    architecture: "qwen2",
    async readConfig(metadata) {
      const config = await readDecoderConfig(metadata);
      return { architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", hidden_act: "silu", ...config, use_sliding_window: false };
    },
  },
  architecture(config) {
    refuseShortQwenWindow(config);
    return decoder(config, { ...noBiases, queryKeyValue: true });
  },
};

/** RMS norm before each half of a block, rotary positions, keys and values that groups of query heads share, SwiGLU. */
function decoder(config: ConfigFields, biases: Biases, keyValueHeads?: number): ModelArchitecture {
  config.require("hidden_act", "silu");
  const sizes = decoderSizes(config, keyValueHeads === undefined ? {} : { keyValueHeads });
  const { hiddenSize, innerSize, headCount, keyValueHeadCount, headSize, layerCount } = sizes;
  const [querySize, keyValueSize] = [headCount * headSize, keyValueHeadCount * headSize];
  const epsilon = config.positiveNumber("rms_norm_eps", 1e-6);
  const frequencies = rotaryFrequencies(config, headSize);
  return {
    ...decoderStructure(sizes, [
      { name: "input_layernorm", shape: [hiddenSize] },
      { name: "self_attn.q_proj", shape: [querySize, hiddenSize], bias: biases.queryKeyValue },
      { name: "self_attn.k_proj", shape: [keyValueSize, hiddenSize], bias: biases.queryKeyValue },
      { name: "self_attn.v_proj", shape: [keyValueSize, hiddenSize], bias: biases.queryKeyValue },
      { name: "self_attn.o_proj", shape: [hiddenSize, querySize], bias: biases.attentionOutput },
      { name: "post_attention_layernorm", shape: [hiddenSize] },
      { name: "mlp.gate_proj", shape: [innerSize, hiddenSize], bias: biases.mlp },
      { name: "mlp.up_proj", shape: [innerSize, hiddenSize], bias: biases.mlp },
      { name: "mlp.down_proj", shape: [hiddenSize, innerSize], bias: biases.mlp },
    ]),
    rotaryFrequencies: Array.from({ length: layerCount }, () => frequencies),

    block(layer, hidden, ops, rowsRead = everyRow) {
      const name = `model.layers.${layer}`;
      const beforeAttention = ops.rmsNorm(`${name}.input_layernorm`, hidden, { epsilon });
      const attended = ops.attend(layer, [
        ops.linear(`${name}.self_attn.q_proj`, beforeAttention),
        ops.linear(`${name}.self_attn.k_proj`, beforeAttention),
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
}
