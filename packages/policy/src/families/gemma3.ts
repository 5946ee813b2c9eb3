import { PolicyError } from "../error.ts";
import { decoderNames, readDecoderConfig, writeDecoderMetadata } from "../gguf/decoder-format.ts";
import { ropeOf } from "../gguf/rope-scaling.ts";
import { refuseShortWindow } from "./attention-window.ts";
import { ConfigFields } from "./config-fields.ts";
import { decoderSizes } from "./decoder-sizes.ts";
import { decoderStructure } from "./decoder-structure.ts";
import { everyRow, type ModelFamily } from "./family.ts";
import { rotaryFrequencies } from "./rotary-frequencies.ts";

type Config = Readonly<Record<string, unknown>>;

/** What a configuration without `head_dim` means. */
const absentHeadSize = 256;

/**
 * The text models of Gemma 3 (Gemma Team 2025, https://arxiv.org/abs/2503.19786): norms before and behind both halves of a block, gains
 * stored less 1, heads of queries and keys normalised, GEGLU, embeddings times √H, and layers whose positions turn by a local base beside those
 * with a global one. Local layers see a window, so texts may be no longer than that.
 */
export const gemma3: ModelFamily = {
  modelType: "gemma3_text",

  architecture(config) {
    config.require("hidden_activation", "gelu_pytorch_tanh");
    config.require("use_bidirectional_attention", false);
    config.refuse("attn_logit_softcapping");
    config.refuse("final_logit_softcapping");
    const sizes = decoderSizes(config, { headSize: absentHeadSize, tied: true });
    const { hiddenSize, innerSize, headCount, keyValueHeadCount, headSize } = sizes;
    const [querySize, keyValueSize] = [headCount * headSize, keyValueHeadCount * headSize];
    const bias = config.flag("attention_bias");
    const norm = { epsilon: config.positiveNumber("rms_norm_eps", 1e-6), gainOffset: 1 };
    /** Scores are queries times keys by 1/√query_pre_attn_scalar, where attention has 1/√d. */
    const queryScale = Math.sqrt(headSize / config.positiveNumber("query_pre_attn_scalar", 256));
    const local = localLayers(config, sizes.layerCount);
    if (local.includes(true)) refuseShortWindow(config, 4096);
    const bases = rotaryConfigs(config);
    const frequencies = { global: rotaryFrequencies(bases.global, headSize), local: rotaryFrequencies(bases.local, headSize) };
    const structure = decoderStructure(
      sizes,
      [
        { name: "input_layernorm", shape: [hiddenSize] },
        { name: "self_attn.q_proj", shape: [querySize, hiddenSize], bias },
        { name: "self_attn.q_norm", shape: [headSize] },
        { name: "self_attn.k_proj", shape: [keyValueSize, hiddenSize], bias },
        { name: "self_attn.k_norm", shape: [headSize] },
        { name: "self_attn.v_proj", shape: [keyValueSize, hiddenSize], bias },
        { name: "self_attn.o_proj", shape: [hiddenSize, querySize], bias },
        { name: "post_attention_layernorm", shape: [hiddenSize] },
        { name: "pre_feedforward_layernorm", shape: [hiddenSize] },
        { name: "mlp.gate_proj", shape: [innerSize, hiddenSize] },
        { name: "mlp.up_proj", shape: [innerSize, hiddenSize] },
        { name: "mlp.down_proj", shape: [hiddenSize, innerSize] },
        { name: "post_feedforward_layernorm", shape: [hiddenSize] },
      ],
      { gain: 0 },
    );
    return {
      ...structure,
      embedding: { ...structure.embedding, scale: Math.sqrt(hiddenSize) },
      rotaryFrequencies: local.map((isLocal) => (isLocal ? frequencies.local : frequencies.global)),

      block(layer, hidden, ops, rowsRead = everyRow) {
        const name = `model.layers.${layer}`;
        const beforeAttention = ops.rmsNorm(`${name}.input_layernorm`, hidden, norm);
        const query = ops.rmsNorm(`${name}.self_attn.q_norm`, ops.linear(`${name}.self_attn.q_proj`, beforeAttention), {
          ...norm,
          heads: headCount,
        });
        const key = ops.rmsNorm(`${name}.self_attn.k_norm`, ops.linear(`${name}.self_attn.k_proj`, beforeAttention), {
          ...norm,
          heads: keyValueHeadCount,
        });
        const attended = ops.attend(layer, [
          queryScale === 1 ? query : ops.scale(query, queryScale),
          key,
          ops.linear(`${name}.self_attn.v_proj`, beforeAttention),
        ]);
        const attention = ops.linear(`${name}.self_attn.o_proj`, rowsRead(attended));
        const afterAttention = ops.add(rowsRead(hidden), ops.rmsNorm(`${name}.post_attention_layernorm`, attention, norm));
        const beforeMlp = ops.rmsNorm(`${name}.pre_feedforward_layernorm`, afterAttention, norm);
        const gate = ops.linear(`${name}.mlp.gate_proj`, beforeMlp);
        const inner = ops.gated("gelu", gate, ops.linear(`${name}.mlp.up_proj`, beforeMlp));
        const mlp = ops.linear(`${name}.mlp.down_proj`, inner);
        return ops.add(afterAttention, ops.rmsNorm(`${name}.post_feedforward_layernorm`, mlp, norm));
      },

      finalNorm: (hidden, ops) => ops.rmsNorm("model.norm", hidden, norm),
    };
  },

  gguf: {
    architecture: "gemma3",
    gainOffset: 1,
    names: {
      ...decoderNames,
      "model.layers.*.self_attn.q_norm": "blk.*.attn_q_norm",
      "model.layers.*.self_attn.k_norm": "blk.*.attn_k_norm",
      "model.layers.*.post_attention_layernorm": "blk.*.post_attention_norm",
      "model.layers.*.pre_feedforward_layernorm": "blk.*.ffn_norm",
      "model.layers.*.post_feedforward_layernorm": "blk.*.post_ffw_norm",
    },

    async readConfig(metadata) {
      const config = await readDecoderConfig(metadata);
      const window = metadata.get("attention.sliding_window");
      metadata.require("attention.sliding_window_pattern", ggufPattern);
      return {
        architectures: ["Gemma3ForCausalLM"],
        model_type: "gemma3_text",
        ...config,
        hidden_activation: "gelu_pytorch_tanh",
        query_pre_attn_scalar: ggufQueryScalar(config),
        rope_local_base_freq: metadata.float32("rope.freq_base_swa", 10_000),
        sliding_window: window === undefined ? null : metadata.number("attention.sliding_window"),
        sliding_window_pattern: window === undefined ? 1 : ggufPattern,
      };
    },

    writeMetadata(config) {
      const fields = new ConfigFields(config, "the policy");
      const unsupported = (what: string) => new PolicyError("unsupported-config", `GGUF files have no words for ${what} of a Gemma 3`);
      const local = localLayers(fields, fields.layerCount("num_hidden_layers"));
      const hasWindow = local.includes(true);
      if (hasWindow && local.some((isLocal, layer) => isLocal === ((layer + 1) % ggufPattern === 0)))
        throw unsupported(`other local layers than all but every ${ggufPattern}th`);
      if (fields.flag("attention_bias")) throw unsupported("biases");
      const scalar = fields.positiveNumber("query_pre_attn_scalar", 256);
      if (scalar !== ggufQueryScalar(config)) throw unsupported(`the query_pre_attn_scalar ${scalar}`);
      const { global, local: localPositions } = rotaryConfigs(fields);
      return {
        ...writeDecoderMetadata({ head_dim: absentHeadSize, ...config, ...global.json }),
        "rope.freq_base_swa": { float32: ropeOf(localPositions.json).theta },
        ...(hasWindow && { "attention.sliding_window": { uint32: fields.positiveInteger("sliding_window", 4096) } }),
      };
    },
  },
};

/** In GGUF files with a window all layers are local but every sixth. */
const ggufPattern = 6;

/** GGUF files don't tell it: llama.cpp knows that the largest model, of 62 layers, has the share of a head in the hidden size, all others d. */
function ggufQueryScalar(config: Config): number {
  const { num_hidden_layers: layers, hidden_size: hidden, num_attention_heads: heads, head_dim: headSize = absentHeadSize } = config;
  return layers === 62 ? Math.floor((hidden as number) / (heads as number)) : (headSize as number);
}

/** Whether each layer sees a window only and has the local base: as listed, or all but every sixth, or whichever `sliding_window_pattern` says. */
function localLayers(config: ConfigFields, layerCount: number): boolean[] {
  const { layer_types: types } = config.json;
  if (types == null) {
    const pattern = config.positiveInteger("sliding_window_pattern", 6);
    return Array.from({ length: layerCount }, (_, layer) => (layer + 1) % pattern !== 0);
  }
  const kinds = ["sliding_attention", "full_attention"];
  if (!Array.isArray(types) || types.length !== layerCount || !types.every((type) => kinds.includes(type)))
    throw new PolicyError(
      "bad-config",
      `${config.file}: layer_types is ${JSON.stringify(types)}, expected one of ${kinds.join(", ")} for each of ${layerCount} layers`,
    );
  return types.map((type) => type === "sliding_attention");
}

/** What each kind of layer has for {@link rotaryFrequencies}: newer files say so by its name, in older ones the local base has a field of its own. */
function rotaryConfigs(config: ConfigFields): { readonly global: ConfigFields; readonly local: ConfigFields } {
  const { rope_parameters: named, rope_theta, rope_scaling, rope_local_base_freq } = config.json;
  const older = {
    global: { rope_theta: rope_theta ?? 1_000_000, rope_scaling },
    local: { rope_theta: rope_local_base_freq ?? 10_000 },
  };
  if (named != null && (typeof named !== "object" || !("full_attention" in named || "sliding_attention" in named)))
    throw new PolicyError(
      "bad-config",
      `${config.file}: rope_parameters is ${JSON.stringify(named)}, expected those of "full_attention" and "sliding_attention"`,
    );
  const { full_attention, sliding_attention } = (named ?? {}) as Config;
  const fields = (json: Config) => new ConfigFields(json, config.file);
  return {
    global: fields({ ...older.global, rope_parameters: full_attention }),
    local: fields({ ...older.local, rope_parameters: sliding_attention }),
  };
}
