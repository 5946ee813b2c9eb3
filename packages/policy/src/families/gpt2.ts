import { PolicyError } from "../error.ts";
import type { GgufFormat } from "../gguf/format.ts";
import { hasOutputOfItsOwn } from "../gguf/tied-output.ts";
import type { ConfigFields } from "./config-fields.ts";
import { everyRow, type ModelFamily, type ParameterSpec } from "./family.ts";

interface Sizes {
  readonly hiddenSize: number;
  readonly innerSize: number;
  readonly headCount: number;
  readonly layerCount: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly initialDeviation: number;
  /** The output matrix is the embedding's. */
  readonly tied: boolean;
}

const gguf: GgufFormat = {
  architecture: "gpt2",
  names: {
    "transformer.wte": "token_embd",
    "transformer.wpe": "position_embd",
    "transformer.h.*.ln_1": "blk.*.attn_norm",
    "transformer.h.*.attn.c_attn": "blk.*.attn_qkv",
    "transformer.h.*.attn.c_proj": "blk.*.attn_output",
    "transformer.h.*.ln_2": "blk.*.ffn_norm",
    "transformer.h.*.mlp.c_fc": "blk.*.ffn_up",
    "transformer.h.*.mlp.c_proj": "blk.*.ffn_down",
    "transformer.ln_f": "output_norm",
    lm_head: "output",
  },

  async readConfig(metadata) {
    const headCount = metadata.numberOfLayers("attention.head_count");
    metadata.require("attention.head_count_kv", headCount);
    return {
      architectures: ["GPT2LMHeadModel"],
      model_type: "gpt2",
      activation_function: "gelu_new",
      n_embd: metadata.number("embedding_length"),
      n_inner: metadata.numberOfLayers("feed_forward_length", 4 * metadata.number("embedding_length")),
      n_layer: metadata.number("block_count"),
      n_head: headCount,
      n_positions: metadata.number("context_length"),
      layer_norm_epsilon: metadata.float32("attention.layer_norm_epsilon"),
      tie_word_embeddings: !(await hasOutputOfItsOwn(metadata.file)),
    };
  },

  writeMetadata(config) {
    const number = (field: string, absent?: number) => (config[field] ?? absent) as number;
    return {
      block_count: { uint32: number("n_layer") },
      context_length: { uint32: number("n_positions") },
      embedding_length: { uint32: number("n_embd") },
      feed_forward_length: { uint32: number("n_inner", 4 * number("n_embd")) },
      "attention.head_count": { uint32: number("n_head") },
      "attention.layer_norm_epsilon": { float32: number("layer_norm_epsilon", 1e-5) },
    };
  },
};

/** GPT-2 (Radford et al. 2019): learned positions, layer norm before each half of a block, tanh-GELU, output tied to the embedding or not. */
export const gpt2: ModelFamily = {
  modelType: "gpt2",
  gguf,

  architecture(config) {
    const sizes = readSizes(config);
    const { hiddenSize, headCount, tied } = sizes;
    const epsilon = config.positiveNumber("layer_norm_epsilon", 1e-5);
    return {
      hiddenSize,
      vocabSize: sizes.vocabSize,
      contextLength: sizes.contextLength,
      layerCount: sizes.layerCount,
      parameters: parameterSpecs(sizes),
      linearLayout: "input-output",
      embedding: { tokens: "transformer.wte.weight", positions: "transformer.wpe.weight" },
      attention: { headCount, keyValueHeadCount: headCount, headSize: hiddenSize / headCount },
      outputWeight: tied ? "transformer.wte.weight" : "lm_head.weight",
      parameterName: (tensorName) => parameterName(tensorName, tied),

      block(layer, hidden, ops, rowsRead = everyRow) {
        const name = `transformer.h.${layer}`;
        const queryKeyValue = ops.linear(`${name}.attn.c_attn`, hidden, { norm: { name: `${name}.ln_1`, epsilon } });
        const attended = ops.attend(layer, [queryKeyValue]);
        const afterAttention = ops.linear(`${name}.attn.c_proj`, rowsRead(attended), { residual: rowsRead(hidden) });
        const inner = ops.linear(`${name}.mlp.c_fc`, afterAttention, { norm: { name: `${name}.ln_2`, epsilon }, activation: "gelu" });
        return ops.linear(`${name}.mlp.c_proj`, inner, { residual: afterAttention });
      },

      finalNorm: (hidden, ops) => ops.layerNorm(hidden, { name: "transformer.ln_f", epsilon }),
    };
  },
};

function readSizes(config: ConfigFields): Sizes {
  config.require("activation_function", "gelu_new", "gelu_pytorch_tanh");
  config.require("scale_attn_weights", true);
  config.require("scale_attn_by_inverse_layer_idx", false);
  config.require("reorder_and_upcast_attn", false);
  config.require("add_cross_attention", false);
  const hiddenSize = config.positiveInteger("n_embd");
  const headCount = config.positiveInteger("n_head");
  if (hiddenSize % headCount !== 0)
    throw new PolicyError("bad-config", `${config.file}: n_embd ${hiddenSize} is no multiple of n_head ${headCount}`);
  return {
    hiddenSize,
    headCount,
    innerSize: config.positiveInteger("n_inner", 4 * hiddenSize),
    layerCount: config.layerCount("n_layer"),
    vocabSize: config.positiveInteger("vocab_size"),
    contextLength: config.positiveInteger("n_positions"),
    initialDeviation: config.positiveNumber("initializer_range", 0.02),
    tied: config.flag("tie_word_embeddings", true),
  };
}

/** The output matrices of both residual branches start smaller by √(2L), so that the sum over all blocks keeps its size. */
function parameterSpecs(sizes: Sizes): ParameterSpec[] {
  const { hiddenSize, innerSize, layerCount, vocabSize, contextLength, initialDeviation } = sizes;
  const specs: ParameterSpec[] = [];
  const constant = (name: string, layer: number, size: number, value: number): void => {
    specs.push({ name, layer, shape: [size], initial: { constant: value } });
  };
  const normal = (name: string, layer: number, shape: readonly number[], standardDeviation = initialDeviation): void => {
    specs.push({ name, layer, shape, initial: { standardDeviation } });
  };
  const layerNormWeights = (name: string, layer: number): void => {
    constant(`${name}.weight`, layer, hiddenSize, 1);
    constant(`${name}.bias`, layer, hiddenSize, 0);
  };
  const linearWeights = (name: string, layer: number, input: number, output: number, standardDeviation?: number): void => {
    normal(`${name}.weight`, layer, [input, output], standardDeviation);
    constant(`${name}.bias`, layer, output, 0);
  };

  const residualDeviation = initialDeviation / Math.sqrt(2 * layerCount);
  normal("transformer.wte.weight", -1, [vocabSize, hiddenSize]);
  normal("transformer.wpe.weight", -1, [contextLength, hiddenSize]);
  for (let layer = 0; layer < layerCount; layer++) {
    const name = `transformer.h.${layer}`;
    layerNormWeights(`${name}.ln_1`, layer);
    linearWeights(`${name}.attn.c_attn`, layer, hiddenSize, 3 * hiddenSize);
    linearWeights(`${name}.attn.c_proj`, layer, hiddenSize, hiddenSize, residualDeviation);
    layerNormWeights(`${name}.ln_2`, layer);
    linearWeights(`${name}.mlp.c_fc`, layer, hiddenSize, innerSize);
    linearWeights(`${name}.mlp.c_proj`, layer, innerSize, hiddenSize, residualDeviation);
  }
  layerNormWeights("transformer.ln_f", layerCount);
  if (!sizes.tied) normal("lm_head.weight", layerCount, [vocabSize, hiddenSize]);
  return specs;
}

/** Published files name tensors with and without the prefix, and hold the causal mask and the tied output as well. */
function parameterName(tensorName: string, tied: boolean): string | undefined {
  if (tensorName === "lm_head.weight") return tied ? undefined : tensorName;
  const name = tensorName.startsWith("transformer.") ? tensorName : `transformer.${tensorName}`;
  return /^transformer\.h\.\d+\.attn\.(masked_)?bias$/.test(name) ? undefined : name;
}
