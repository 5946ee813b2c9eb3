import { embedding, gelu, layerNorm, mergeHeads } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { PolicyError } from "../error.ts";
import type { ConfigFields } from "./config-fields.ts";
import type { ForwardPass, ModelArchitecture, ModelFamily, ParameterSpec } from "./family.ts";

interface Sizes {
  readonly hiddenSize: number;
  readonly innerSize: number;
  readonly headCount: number;
  readonly layerCount: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly initialDeviation: number;
}

/** GPT-2 (Radford et al. 2019): learned positions, layer norm before each half of a block, tanh-GELU, output tied to the embedding. */
export const gpt2: ModelFamily = {
  modelType: "gpt2",

  architecture(config: ConfigFields): ModelArchitecture {
    const sizes = readSizes(config);
    const epsilon = config.positiveNumber("layer_norm_epsilon", 1e-5);

    const norm = (name: string, hidden: tf.Tensor3D, pass: ForwardPass): tf.Tensor3D =>
      layerNorm(hidden, pass.weight(`${name}.weight`), pass.weight(`${name}.bias`), epsilon) as tf.Tensor3D;

    return {
      hiddenSize: sizes.hiddenSize,
      vocabSize: sizes.vocabSize,
      contextLength: sizes.contextLength,
      layerCount: sizes.layerCount,
      parameters: parameterSpecs(sizes),
      linearLayout: "input-output",
      outputWeight: "transformer.wte.weight",
      parameterName,

      embed(ids, pass) {
        const tokens = embedding(pass.weight("transformer.wte.weight"), ids);
        const positions = embedding(pass.weight("transformer.wpe.weight"), pass.positionIds);
        return tf.add(tokens, positions);
      },

      block(layer, hidden, pass) {
        const name = `transformer.h.${layer}`;
        const queryKeyValue = pass.linear(`${name}.attn.c_attn`, norm(`${name}.ln_1`, hidden, pass));
        const [query, key, value] = splitQueryKeyValue(queryKeyValue, sizes.headCount);
        const attended = mergeHeads(pass.attend({ layer, query, key, value }));
        const afterAttention = tf.add(hidden, pass.linear(`${name}.attn.c_proj`, attended)) as tf.Tensor3D;
        const inner = gelu(pass.linear(`${name}.mlp.c_fc`, norm(`${name}.ln_2`, afterAttention, pass)));
        return tf.add(afterAttention, pass.linear(`${name}.mlp.c_proj`, inner));
      },

      finalNorm: (hidden, pass) => norm("transformer.ln_f", hidden, pass),
    };
  },
};

function readSizes(config: ConfigFields): Sizes {
  config.require("activation_function", "gelu_new", "gelu_pytorch_tanh");
  config.require("tie_word_embeddings", true);
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
  };
}

/** The output matrices of both residual branches start smaller by √(2L), so that the sum over all blocks keeps its size. */
function parameterSpecs({ hiddenSize, innerSize, layerCount, vocabSize, contextLength, initialDeviation }: Sizes): ParameterSpec[] {
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
  return specs;
}

/** Published files name tensors with and without the prefix, and hold the causal mask and the tied output as well. */
function parameterName(tensorName: string): string | undefined {
  if (tensorName === "lm_head.weight") return undefined;
  const name = tensorName.startsWith("transformer.") ? tensorName : `transformer.${tensorName}`;
  return /^transformer\.h\.\d+\.attn\.(masked_)?bias$/.test(name) ? undefined : name;
}

/** `[B, T, 3H]` → query, key and value, each `[B, heads, T, H / heads]`. */
function splitQueryKeyValue(queryKeyValue: tf.Tensor, headCount: number): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const [rows, columns, width] = queryKeyValue.shape as [number, number, number];
  const parted = tf.reshape(queryKeyValue, [rows, columns, 3, headCount, width / 3 / headCount]);
  const [query, key, value] = tf.unstack(tf.transpose(parted, [2, 0, 3, 1, 4]));
  return [query as tf.Tensor4D, key as tf.Tensor4D, value as tf.Tensor4D];
}
