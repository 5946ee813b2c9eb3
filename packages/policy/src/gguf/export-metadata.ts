import type { WrittenDtype, WrittenValue } from "@cai/gguf";
import { ggufTokenizerMetadata } from "@cai/tokenizer";
import { PolicyError } from "../error.ts";
import type { PolicyParts } from "../policy.ts";
import { ropeOf } from "./rope-scaling.ts";

type Metadata = Readonly<Record<string, WrittenValue>>;

/** llama.cpp's architecture for a `model_type`. */
const architectures: ReadonlyMap<unknown, string> = new Map([
  ["llama", "llama"],
  ["mistral", "llama"],
  ["qwen2", "qwen2"],
  ["gpt2", "gpt2"],
]);

/** llama.cpp's number for what most of a file's weights are. */
const fileTypes: Readonly<Record<WrittenDtype, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/** All that a GGUF file says of a model beside its weights. Throws PolicyError where the format has no words for it. */
export function ggufExportMetadata(parts: PolicyParts, dtype: WrittenDtype): Metadata {
  const { config, tokenizer, eosTokenIds, architecture } = parts;
  const name = architectures.get(config.model_type);
  if (name === undefined)
    throw new PolicyError("unsupported-config", `GGUF files of model_type ${JSON.stringify(config.model_type)} are not written here`);
  if (tokenizer.files === undefined)
    throw new PolicyError("unsupported-config", "the policy's tokenizer has no tokenizer.json, which a GGUF file is to hold");
  const own = name === "gpt2" ? gpt2Metadata(config) : llamaMetadata(config);
  return {
    "general.architecture": name,
    "general.type": "model",
    "general.file_type": { uint32: fileTypes[dtype] },
    "general.quantization_version": { uint32: 2 },
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${name}.${key}`, value])),
    [`${name}.vocab_size`]: { uint32: architecture.vocabSize },
    ...ggufTokenizerMetadata({ files: tokenizer.files, vocabSize: architecture.vocabSize, eosTokenIds }),
  };
}

function llamaMetadata(config: Readonly<Record<string, unknown>>): Metadata {
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

function gpt2Metadata(config: Readonly<Record<string, unknown>>): Metadata {
  const number = (field: string, absent?: number) => (config[field] ?? absent) as number;
  return {
    block_count: { uint32: number("n_layer") },
    context_length: { uint32: number("n_positions") },
    embedding_length: { uint32: number("n_embd") },
    feed_forward_length: { uint32: number("n_inner", 4 * number("n_embd")) },
    "attention.head_count": { uint32: number("n_head") },
    "attention.layer_norm_epsilon": { float32: number("layer_norm_epsilon", 1e-5) },
  };
}
