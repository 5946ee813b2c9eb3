import { concatColumns, rmsNorm, swiglu } from "@cai/kernels";
import type * as tf from "@tensorflow/tfjs-core";
import { PolicyError } from "../error.ts";
import type { ConfigFields } from "./config-fields.ts";
import type { ForwardPass, ModelArchitecture, ModelFamily, ParameterSpec } from "./family.ts";
import { rotaryFrequencies } from "./rotary-frequencies.ts";

/** Llama (Touvron et al. 2023, https://arxiv.org/abs/2302.13971), and models built alike, such as SmolLM2. */
export const llama = llamaLike("llama", (config) => {
  const attentionBias = config.flag("attention_bias");
  return {
    keyValueHeadCount: config.positiveInteger("num_key_value_heads", config.positiveInteger("num_attention_heads")),
    biases: { queryKeyValue: attentionBias, attentionOutput: attentionBias, mlp: config.flag("mlp_bias") },
  };
});

/** Mistral (Jiang et al. 2023, https://arxiv.org/abs/2310.06825), over texts no longer than its attention window. */
export const mistral = llamaLike("mistral", (config) => {
  if (config.json.sliding_window !== null) refuseShortWindow(config);
  return {
    keyValueHeadCount: config.positiveInteger("num_key_value_heads"),
    biases: { queryKeyValue: false, attentionOutput: false, mlp: false },
  };
});

/** Qwen2 and Qwen2.5 (Yang et al. 2024, https://arxiv.org/abs/2407.10671), over texts no longer than an attention window in use. */
export const qwen2 = llamaLike("qwen2", (config) => {
  if (config.flag("use_sliding_window") && config.json.sliding_window !== null && someLayerHasWindow(config)) refuseShortWindow(config);
  return {
    keyValueHeadCount: config.positiveInteger("num_key_value_heads"),
    biases: { queryKeyValue: true, attentionOutput: false, mlp: false },
  };
});

/** What sets the model types of this family apart. */
interface Variant {
  readonly keyValueHeadCount: number;
  /** Which linear layers have a bias. */
  readonly biases: { readonly queryKeyValue: boolean; readonly attentionOutput: boolean; readonly mlp: boolean };
}

interface Sizes extends Variant {
  readonly hiddenSize: number;
  readonly innerSize: number;
  readonly headCount: number;
  readonly headSize: number;
  readonly layerCount: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly initialDeviation: number;
  /** The output matrix is the embedding's. */
  readonly tied: boolean;
}

/** RMS norm before each half of a block, rotary positions, keys and values that groups of query heads share, SwiGLU. */
function llamaLike(modelType: string, readVariant: (config: ConfigFields) => Variant): ModelFamily {
  return {
    modelType,

    architecture(config: ConfigFields): ModelArchitecture {
      const sizes = readSizes(config, readVariant(config));
      const epsilon = config.positiveNumber("rms_norm_eps", 1e-6);

      const norm = (name: string, hidden: tf.Tensor2D, pass: ForwardPass): tf.Tensor2D =>
        rmsNorm(hidden, pass.weight(`${name}.weight`), epsilon) as tf.Tensor2D;

      return {
        hiddenSize: sizes.hiddenSize,
        vocabSize: sizes.vocabSize,
        contextLength: sizes.contextLength,
        layerCount: sizes.layerCount,
        parameters: parameterSpecs(sizes),
        linearLayout: "output-input",
        outputWeight: sizes.tied ? "model.embed_tokens.weight" : "lm_head.weight",
        rotaryFrequencies: rotaryFrequencies(config, sizes.headSize),
        parameterName: (tensorName) => parameterName(tensorName, sizes.tied),

        embed: (ids, pass) => pass.embed("model.embed_tokens.weight", ids),

        block(layer, hidden, pass) {
          const name = `model.layers.${layer}`;
          const beforeAttention = norm(`${name}.input_layernorm`, hidden, pass);
          const projected = ["q_proj", "k_proj", "v_proj"].map((part) => pass.linear(`${name}.self_attn.${part}`, beforeAttention));
          const { headCount, keyValueHeadCount } = sizes;
          const attended = pass.attend({
            layer,
            queryKeyValue: pass.rotate(concatColumns(projected), headCount + keyValueHeadCount),
            heads: headCount,
            keyValueHeads: keyValueHeadCount,
          });
          const afterAttention = pass.linear(`${name}.self_attn.o_proj`, attended, { residual: hidden });
          const beforeMlp = norm(`${name}.post_attention_layernorm`, afterAttention, pass);
          const inner = swiglu(pass.linear(`${name}.mlp.gate_proj`, beforeMlp), pass.linear(`${name}.mlp.up_proj`, beforeMlp));
          return pass.linear(`${name}.mlp.down_proj`, inner, { residual: afterAttention });
        },

        finalNorm: (hidden, pass) => norm("model.norm", hidden, pass),
      };
    },
  };
}

/** Rotary frequencies are made by it before any file of weights is looked at. */
const mostHeadNumbers = 65_536;

function readSizes(config: ConfigFields, variant: Variant): Sizes {
  config.require("hidden_act", "silu");
  const hiddenSize = config.positiveInteger("hidden_size");
  const headCount = config.positiveInteger("num_attention_heads");
  const wrong = (what: string) => new PolicyError("bad-config", `${config.file}: ${what}`);
  if (headCount % variant.keyValueHeadCount !== 0)
    throw wrong(`num_attention_heads ${headCount} is no multiple of num_key_value_heads ${variant.keyValueHeadCount}`);
  if (config.json.head_dim == null && hiddenSize % headCount !== 0)
    throw wrong(`hidden_size ${hiddenSize} is no multiple of num_attention_heads ${headCount}, and there is no head_dim`);
  const headSize = config.positiveInteger("head_dim", hiddenSize / headCount);
  if (headSize > mostHeadNumbers) throw wrong(`a head has ${headSize} numbers, expected at most ${mostHeadNumbers}`);
  if (headSize % 2 !== 0) throw wrong(`a head has ${headSize} numbers, which rotary positions can't pair`);
  return {
    ...variant,
    hiddenSize,
    headCount,
    headSize,
    innerSize: config.positiveInteger("intermediate_size"),
    layerCount: config.layerCount("num_hidden_layers"),
    vocabSize: config.positiveInteger("vocab_size"),
    contextLength: config.positiveInteger("max_position_embeddings"),
    initialDeviation: config.positiveNumber("initializer_range", 0.02),
    tied: config.flag("tie_word_embeddings"),
  };
}

/** As transformers: by the kinds of the layers where they are listed, or else in those from `max_window_layers` on. */
function someLayerHasWindow(config: ConfigFields): boolean {
  const { layer_types: types, max_window_layers: from = 28 } = config.json;
  if (Array.isArray(types)) return types.includes("sliding_attention");
  return typeof from !== "number" || from < config.layerCount("num_hidden_layers");
}

/** Within the window every token sees all before it, as here; beyond it does not. */
function refuseShortWindow(config: ConfigFields): void {
  const window = config.positiveInteger("sliding_window", 4096);
  const context = config.positiveInteger("max_position_embeddings");
  if (window < context)
    throw new PolicyError(
      "unsupported-config",
      `${config.file}: sliding_window is ${window} and max_position_embeddings ${context}: attention windows are not supported; ` +
        `for texts within the window set max_position_embeddings to ${window}`,
    );
}

function parameterSpecs(sizes: Sizes): ParameterSpec[] {
  const { hiddenSize, innerSize, headSize, layerCount, vocabSize, biases } = sizes;
  const querySize = sizes.headCount * headSize;
  const keyValueSize = sizes.keyValueHeadCount * headSize;
  const specs: ParameterSpec[] = [];
  const matrix = (name: string, layer: number, output: number, input: number): void => {
    specs.push({ name, layer, shape: [output, input], initial: { standardDeviation: sizes.initialDeviation } });
  };
  const vector = (name: string, layer: number, size: number, value: number): void => {
    specs.push({ name, layer, shape: [size], initial: { constant: value } });
  };

  matrix("model.embed_tokens.weight", -1, vocabSize, hiddenSize);
  for (let layer = 0; layer < layerCount; layer++) {
    const linear = (name: string, output: number, input: number, hasBias: boolean): void => {
      matrix(`model.layers.${layer}.${name}.weight`, layer, output, input);
      if (hasBias) vector(`model.layers.${layer}.${name}.bias`, layer, output, 0);
    };
    vector(`model.layers.${layer}.input_layernorm.weight`, layer, hiddenSize, 1);
    linear("self_attn.q_proj", querySize, hiddenSize, biases.queryKeyValue);
    linear("self_attn.k_proj", keyValueSize, hiddenSize, biases.queryKeyValue);
    linear("self_attn.v_proj", keyValueSize, hiddenSize, biases.queryKeyValue);
    linear("self_attn.o_proj", hiddenSize, querySize, biases.attentionOutput);
    vector(`model.layers.${layer}.post_attention_layernorm.weight`, layer, hiddenSize, 1);
    linear("mlp.gate_proj", innerSize, hiddenSize, biases.mlp);
    linear("mlp.up_proj", innerSize, hiddenSize, biases.mlp);
    linear("mlp.down_proj", hiddenSize, innerSize, biases.mlp);
  }
  vector("model.norm.weight", layerCount, hiddenSize, 1);
  if (!sizes.tied) matrix("lm_head.weight", layerCount, vocabSize, hiddenSize);
  return specs;
}

/** Files of a trunk alone name tensors without the prefix; older ones hold the rotary frequencies, and some a tied output as well. */
function parameterName(tensorName: string, tied: boolean): string | undefined {
  if (tensorName === "lm_head.weight") return tied ? undefined : tensorName;
  const name = tensorName.startsWith("model.") ? tensorName : `model.${tensorName}`;
  return name.endsWith("rotary_emb.inv_freq") ? undefined : name;
}
