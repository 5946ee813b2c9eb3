import type { Tokenizer } from "@cai/contracts";
import { splitPattern } from "./byte-pair-encoding.ts";

/** The tokenizer's `encode` for plain text, many times faster on a corpus: each word is encoded once, as merges never cross words. */
export function cachedEncoding(tokenizer: Tokenizer): (text: string) => Int32Array {
  const idsOf = new Map<string, Int32Array>();
  return (text) => {
    const ids: number[] = [];
    for (const [word] of text.matchAll(splitPattern)) {
      const wordIds = idsOf.get(word) ?? tokenizer.encode(word);
      idsOf.set(word, wordIds);
      ids.push(...wordIds);
    }
    return Int32Array.from(ids);
  };
}
