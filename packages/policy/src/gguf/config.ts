import type { GgufFile } from "@cai/gguf";
import { ggufSpecialTokenIds } from "@cai/tokenizer";
import { GgufMetadata } from "./metadata.ts";
import { ggufRopeScaling } from "./rope-scaling.ts";

type Config = Record<string, unknown>;

/** What `config.json` would hold, by `general.architecture`. */
const configs: ReadonlyMap<string, (metadata: GgufMetadata) => Promise<Config>> = new Map([
  ["llama", llamaConfig],
  ["qwen2", qwen2Config],
  ["gpt2", gpt2Config],
]);

/**
 * The configuration in Hugging Face's terms of the model in a GGUF file, as llama.cpp understands it. Its sizes are held against the file:
 * as many blocks as there are tensors at most, and as many ids as the embedding has rows. Throws PolicyError or TokenizerError.
 */
export async function ggufConfig(file: GgufFile): Promise<Config> {
  const metadata = new GgufMetadata(file);
  const config = configs.get(metadata.architecture);
  if (config === undefined)
    throw metadata.unsupported(`general.architecture is ${metadata.architecture}; supported: ${[...configs.keys()].join(", ")}`);
  const blocks = metadata.number("block_count");
  if (blocks > file.tensors.size)
    throw metadata.wrong(`${metadata.architecture}.block_count is ${blocks}, the file has ${file.tensors.size} tensors`);
  metadata.require("attention.causal", true);
  return { ...(await config(metadata)), vocab_size: vocabSize(metadata), ...specialTokenIds(file) };
}

async function llamaConfig(metadata: GgufMetadata): Promise<Config> {
  const hasBias = (layers: string) => {
    const name = new RegExp(`^blk\\.\\d+\\.(${layers})\\.bias$`);
    return [...metadata.file.tensors.keys()].some((tensor) => name.test(tensor));
  };
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    ...(await llamaLikeConfig(metadata)),
    attention_bias: hasBias("attn_(q|k|v|output)"),
    mlp_bias: hasBias("ffn_(gate|up|down)"),
  };
}

async function qwen2Config(metadata: GgufMetadata): Promise<Config> {
  return { architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", ...(await llamaLikeConfig(metadata)), use_sliding_window: false };
}

async function llamaLikeConfig(metadata: GgufMetadata): Promise<Config> {
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
    hidden_act: "silu",
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

async function gpt2Config(metadata: GgufMetadata): Promise<Config> {
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
}

/** Files of GPT-2 often hold the embedding a second time, as the output: the same numbers are one matrix. */
async function hasOutputOfItsOwn(file: GgufFile): Promise<boolean> {
  const [embedding, output] = ["token_embd.weight", "output.weight"].map((name) => file.tensors.get(name));
  if (output === undefined) return false;
  if (embedding?.dtype !== output.dtype || embedding.shape.join() !== output.shape.join()) return true;
  const bytes = async (name: string) => Buffer.from((await file.readFloat32(name)).buffer);
  return !(await bytes("token_embd.weight")).equals(await bytes("output.weight"));
}

function vocabSize(metadata: GgufMetadata): number {
  const [rows] = metadata.file.tensors.get("token_embd.weight")?.shape ?? [];
  if (rows === undefined) throw metadata.wrong('tensor "token_embd.weight" is missing');
  return rows;
}

/** Chat models end their turns with another token than their texts, which many files name by its text alone: all of them end a response. */
function specialTokenIds({ metadata, path }: GgufFile): Config {
  const { bos, padding, ends } = ggufSpecialTokenIds({ metadata, where: path });
  return { bos_token_id: bos, eos_token_id: ends.length > 1 ? ends : ends[0], pad_token_id: padding };
}
