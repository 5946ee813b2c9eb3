/** Learns the byte-pair encoding and writes the tokenizer's files for policy and reward. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tokenizers from "tokenizers";
import { policyDirectory, rewardDirectory } from "./asset-folders.ts";
import { learnMerges } from "./byte-pair-merges.ts";
import { loadCorpus } from "./corpus.ts";

const vocabularySize = 4096;
const contextLength = 128;
const endOfText = "<|endoftext|>";

const texts = loadCorpus().train.map((speech) => speech.sentences.join(" "));
const alphabet = tokenizers.byteLevelAlphabet().sort();
const merges = learnMerges(texts, vocabularySize - alphabet.length - 1);
const vocabulary = [endOfText, ...alphabet, ...merges.map(([left, right]) => left + right)];

const special = { content: endOfText, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const tokenizer = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [{ id: 0, ...special }],
  normalizer: null,
  pre_tokenizer: byteLevel,
  post_processor: { ...byteLevel, trim_offsets: false },
  decoder: byteLevel,
  model: {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    merges,
  },
};
const configuration = {
  added_tokens_decoder: { 0: special },
  bos_token: endOfText,
  clean_up_tokenization_spaces: false,
  eos_token: endOfText,
  model_max_length: contextLength,
  pad_token: endOfText,
  padding_side: "left",
  tokenizer_class: "PreTrainedTokenizerFast",
  unk_token: endOfText,
};
for (const folder of [policyDirectory, rewardDirectory]) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tokenizer.json"), `${JSON.stringify(tokenizer)}\n`);
  writeFileSync(join(folder, "tokenizer_config.json"), `${JSON.stringify(configuration, null, 2)}\n`);
}
console.log(`${vocabulary.length} tokens from ${texts.length} speeches, ${texts.join("").length} characters`);
