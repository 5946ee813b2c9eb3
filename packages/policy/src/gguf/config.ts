import type { GgufFile } from "@cai/gguf";
import { ggufSpecialTokenIds } from "@cai/tokenizer";
import { familyOfGguf } from "../families/registry.ts";
import { GgufMetadata } from "./metadata.ts";

type Config = Readonly<Record<string, unknown>>;

/**
 * The configuration in Hugging Face's terms of the model in a GGUF file, as llama.cpp understands it. Its sizes are held against the file:
 * as many blocks as there are tensors at most, and as many ids as the embedding has rows. Throws PolicyError or TokenizerError.
 */
export async function ggufConfig(file: GgufFile): Promise<Config> {
  const metadata = new GgufMetadata(file);
  const { gguf } = familyOfGguf(metadata);
  const blocks = metadata.number("block_count");
  if (blocks > file.tensors.size)
    throw metadata.wrong(`${metadata.architecture}.block_count is ${blocks}, the file has ${file.tensors.size} tensors`);
  metadata.require("attention.causal", true);
  return { ...(await gguf.readConfig(metadata)), vocab_size: vocabSize(metadata), ...specialTokenIds(file) };
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
