import type { WrittenValue } from "@cai/gguf";
import type { GgufMetadata } from "./metadata.ts";
import { ggufRopeScaling, ropeOf } from "./rope-scaling.ts";

// What GGUF files of Llama have, and those of most that came after it.

/** llama.cpp's names of modules by Hugging Face's; `*` stands for the number of a block. */
export const decoderNames: Readonly<Record<string, string>> = {
  "model.embed_tokens": "token_embd",
  "model.layers.*.input_layernorm": "blk.*.attn_norm",
  "model.layers.*.self_attn.q_proj": "blk.*.attn_q",
  "model.layers.*.self_attn.k_proj": "blk.*.attn_k",
  "model.layers.*.self_attn.v_proj": "blk.*.attn_v",
  "model.layers.*.self_attn.o_proj": "blk.*.attn_output",
  "model.layers.*.post_attention_layernorm": "blk.*.ffn_norm",
  "model.layers.*.mlp.gate_proj": "blk.*.ffn_gate",
  "model.layers.*.mlp.up_proj": "blk.*.ffn_up",
  "model.layers.*.mlp.down_proj": "blk.*.ffn_down",
  "model.norm": "output_norm",
  lm_head: "output",
};

/** The configuration in Hugging Face's terms, but for its kind and its activation. Throws PolicyError. */
export async function readDecoderConfig(metadata: GgufMetadata): Promise<Readonly<Record<string, unknown>>> {
  const hiddenSize = metadata.number("embedding_length");
  const headCount = metadata.numberOfLayers("attention.head_count");
  const headSize = metadata.number("attention.key_length", hiddenSize / headCount);
  metadata.require("attention.value_length", headSize);
  metadata.require("rope.dimension_count", headSize);
  metadata.require("expert_count", 0);
  const [rows] = metadata.file.tensors.get("blk.0.attn_q.weight")?.shape ?? [];
  if (rows !== headCount * headSize)
    throw metadata.wrong(
      `${headCount} heads of ${headSize} numbers are said to be in tensor "blk.0.attn_q.weight", which has ${rows ?? "no"} rows`,
    );
  const theta = metadata.float32("rope.freq_base", 10_000);
  return {
    hidden_size: hiddenSize,
    intermediate_size: metadata.numberOfLayers("feed_forward_length"),
    num_hidden_layers: metadata.number("block_count"),
    num_attention_heads: headCount,
    num_key_value_heads: metadata.numberOfLayers("attention.head_count_kv", headCount),
    head_dim: headSize,
    max_position_embeddings: metadata.number("context_length"),
    rms_norm_eps: metadata.float32("attention.layer_norm_rms_epsilon"),
    rope_theta: theta,
    rope_scaling: await ggufRopeScaling(metadata, theta),
    tie_word_embeddings: !metadata.file.tensors.has("output.weight"),
  };
}

/** The reverse. Throws PolicyError for a scaling of positions that the format has no words for. */
export function writeDecoderMetadata(config: Readonly<Record<string, unknown>>): Readonly<Record<string, WrittenValue>> {
  const number = (field: string, absent?: number) => (config[field] ?? absent) as number;
  const heads = number("num_attention_heads");
  const headSize = number("head_dim", number("hidden_size") / heads);
  const { scaling, theta } = ropeOf(config);
  return {
    block_count: { uint32: number("num_hidden_layers") },
    context_length: { uint32: number("max_position_embeddings") },
    embedding_length: { uint32: number("hidden_size") },
    feed_forward_length: { uint32: number("intermediate_size") },
    "attention.head_count": { uint32: heads },
    "attention.head_count_kv": { uint32: number("num_key_value_heads", heads) },
    "attention.key_length": { uint32: headSize },
    "attention.value_length": { uint32: headSize },
    "attention.layer_norm_rms_epsilon": { float32: number("rms_norm_eps", 1e-6) },
    "rope.dimension_count": { uint32: headSize },
    "rope.freq_base": { float32: theta },
    ...(scaling.rope_type === "linear" && {
      "rope.scaling.type": "linear",
      "rope.scaling.factor": { float32: scaling.factor as number },
    }),
  };
}
