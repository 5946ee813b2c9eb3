import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tokenizers from "tokenizers";

/**
 * The merges of a byte-level byte-pair encoding of GPT-2's words, learnt from texts by the Rust library: always the most frequent pair, of
 * equals the one with the lowest ids. Its trainer learns 30,000 tokens, of which the first merges are those of a smaller vocabulary.
 */
export function learnMerges(texts: readonly string[], count: number): readonly (readonly [string, string])[] {
  const tokenizer = new tokenizers.Tokenizer(tokenizers.BPE.empty());
  tokenizer.setPreTokenizer(tokenizers.byteLevelPreTokenizer(false, true));
  const folder = mkdtempSync(join(tmpdir(), "demo-tokenizer-"));
  try {
    writeFileSync(join(folder, "texts"), texts.join("\n"));
    tokenizer.train([join(folder, "texts")]);
    tokenizer.save(join(folder, "tokenizer.json"));
    return JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8")).model.merges.slice(0, count);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
