/** GPT-2's pattern: contractions, words with their leading space, numbers, punctuation, white space. */
export const splitPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** A byte-level byte-pair encoding: the vocabulary in the order of its ids, and the merges in the order of their use. */
export interface BytePairEncoding {
  readonly vocabulary: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

/**
 * Learns merges from text until the vocabulary is full: always the most frequent pair, of equals the one with the lowest ids
 * (Sennrich et al. 2016, on bytes as in GPT-2). Nothing is drawn, so the same text gives the same encoding.
 */
export function trainBytePairEncoding(options: {
  readonly texts: Iterable<string>;
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
}): BytePairEncoding {
  const byteCharacters = byteAlphabet();
  const vocabulary = [...options.specialTokens, ...[...byteCharacters].sort()];
  const idOf = new Map(vocabulary.map((token, id) => [token, id]));
  const words = [...countWords(options.texts)].map(([word, count]) => ({
    ids: Array.from(Buffer.from(word, "utf8"), (byte) => idOf.get(byteCharacters[byte]!)!),
    count,
  }));

  const pairCounts = new Map<number, number>();
  const wordsWithPair = new Map<number, Set<number>>();
  const pairKey = (left: number, right: number) => left * options.vocabularySize + right;
  const countPairs = (wordIndex: number, sign: 1 | -1) => {
    const { ids, count } = words[wordIndex]!;
    for (let i = 0; i + 1 < ids.length; i++) {
      const key = pairKey(ids[i]!, ids[i + 1]!);
      pairCounts.set(key, (pairCounts.get(key) ?? 0) + sign * count);
      if (sign === 1) wordsWithPair.set(key, (wordsWithPair.get(key) ?? new Set()).add(wordIndex));
    }
  };
  for (const index of words.keys()) countPairs(index, 1);

  const merges: [string, string][] = [];
  while (vocabulary.length < options.vocabularySize) {
    const best = mostFrequent(pairCounts);
    if (best === undefined) break;
    const left = Math.floor(best / options.vocabularySize);
    const right = best % options.vocabularySize;
    const token = vocabulary[left]! + vocabulary[right]!;
    const merged = idOf.get(token) ?? vocabulary.length; // two pairs may spell the same token
    merges.push([vocabulary[left]!, vocabulary[right]!]);
    if (merged === vocabulary.length) {
      vocabulary.push(token);
      idOf.set(token, merged);
    }
    for (const index of wordsWithPair.get(best) ?? []) {
      countPairs(index, -1);
      words[index]!.ids = mergePair(words[index]!.ids, left, right, merged);
      countPairs(index, 1);
    }
    pairCounts.delete(best);
    wordsWithPair.delete(best);
  }
  return { vocabulary, merges };
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const [word] of text.matchAll(splitPattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function mostFrequent(pairCounts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  let bestCount = 1; // a pair seen once teaches nothing
  for (const [key, count] of pairCounts) {
    if (count > bestCount || (count === bestCount && best !== undefined && key < best)) {
      best = key;
      bestCount = count;
    }
  }
  return best;
}

function mergePair(ids: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      result.push(merged);
      i++;
    } else result.push(ids[i]!);
  }
  return result;
}

/** GPT-2's printable character for each byte: itself where it is printable, else one from U+0100 on. */
function byteAlphabet(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}
