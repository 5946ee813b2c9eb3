import type { JsonObject } from "./files.ts";

/** How a text is cut before its pieces are merged, as tokenizer.json says it, and what goes with it. */
export interface PreTokenizer {
  readonly preTokenizer: JsonObject;
  readonly normalizer: JsonObject | null;
  /** A piece that is a token as it stands is not merged from its bytes. */
  readonly ignoreMerges: boolean;
  /** Whether a text begins with the beginning-of-text token where the file does not say. */
  readonly addBos: boolean;
}

const byteLevel = (use_regex: boolean): JsonObject => ({ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex });

/** Llama 3's pattern and Qwen 2's differ in how many digits may stand together. */
const splitAt = (digits: string): JsonObject => ({
  type: "Sequence",
  pretokenizers: [
    {
      type: "Split",
      pattern: {
        Regex:
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" +
          `${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
      },
      behavior: "Isolated",
      invert: false,
    },
    byteLevel(false),
  ],
});

const plain = { normalizer: null, ignoreMerges: false, addBos: false };
const llama3: PreTokenizer = { ...plain, preTokenizer: splitAt("\\p{N}{1,3}"), ignoreMerges: true, addBos: true };

/** By the names that `tokenizer.ggml.pre` has for them. The patterns are those of the models' own tokenizer.json files. */
export const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  ["gpt-2", { ...plain, preTokenizer: byteLevel(true) }],
  [
    "smollm",
    { ...plain, preTokenizer: { type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: true }, byteLevel(true)] } },
  ],
  ["llama-bpe", llama3],
  ["llama3", llama3],
  ["llama-v3", llama3],
  ["qwen2", { ...plain, preTokenizer: splitAt("\\p{N}"), normalizer: { type: "NFC" } }],
]);
