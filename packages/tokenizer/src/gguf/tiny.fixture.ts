import { readGolden } from "@cai/testing";
import { createGgufTokenizer } from "./create.ts";

const { model } = readGolden<{ model: { vocab: Record<string, number>; merges: [string, string][] } }>("tiny-gpt2/tokenizer.json");

/** Of the golden tokenizer, by id. */
export const goldenTokens: string[] = [];
for (const [token, id] of Object.entries(model.vocab)) goldenTokens[id] = token;

/** Metadata whose absent values are left out. */
export const metadataOf = (values: Readonly<Record<string, unknown>>) =>
  new Map(Object.entries(values).filter(([, one]) => one !== undefined));

/** The golden tokenizer as a GGUF file has it; `more` are tokens and merges behind its own. */
export const tiny = (changes: Readonly<Record<string, unknown>> = {}, more: { tokens?: string[]; merges?: string[] } = {}) => {
  const all = [...goldenTokens, ...(more.tokens ?? [])];
  const metadata = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": all,
    "tokenizer.ggml.token_type": all.map((token) => (token === "<|endoftext|>" ? 3 : 1)),
    "tokenizer.ggml.merges": [...model.merges.map((pair) => pair.join(" ")), ...(more.merges ?? [])],
    "tokenizer.ggml.bos_token_id": 0,
    "tokenizer.ggml.eos_token_id": 0,
    "tokenizer.ggml.padding_token_id": 0,
    "tokenizer.ggml.add_bos_token": false,
    ...changes,
  };
  return createGgufTokenizer({ metadata: metadataOf(metadata), where: "tiny.gguf" });
};
