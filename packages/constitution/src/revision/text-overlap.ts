/** Words in a row that are compared. */
const gramLength = 3;

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** The words of a text in lower case, by Unicode's rules (UAX 29), so that languages without spaces have them too; no punctuation, no space. */
export function wordsOf(text: string): string[] {
  return [...segmenter.segment(text.normalize("NFKC").toLowerCase())].flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
}

/**
 * How much two texts have in common: of the word trigrams that either has, the share that both have (Jaccard), 0 to 1. Texts of fewer than three words
 * are the same, 1, or not, 0.
 *
 * @example
 * textOverlap("one two three four", "one two three five"); // 1/3: of 3 trigrams they share 1
 */
export function textOverlap(first: string, second: string): number {
  const [a, b] = [gramsOf(first), gramsOf(second)];
  const shared = sharedGrams(a, b);
  return a.size + b.size === 0 ? 1 : shared / (a.size + b.size - shared);
}

/** Of the word trigrams of `part`, the share that `whole` has, 0 to 1; a part of fewer than three words is the whole, or isn't in it. */
export function textContained(part: string, whole: string): number {
  const grams = gramsOf(part);
  return grams.size === 0 ? 0 : sharedGrams(grams, gramsOf(whole)) / grams.size;
}

/**
 * Whether a text takes so many words in a row from another one, without those runs that `allowed` texts have too.
 *
 * @example
 * takesRun("he said that it was so", "I know that it was so", { words: 4, allowed: [] }); // true
 */
export function takesRun(
  text: string,
  source: string,
  { words, allowed }: { readonly words: number; readonly allowed: readonly string[] },
): boolean {
  const runs = runsOf(source, words);
  const free = allowed.map((one) => runsOf(one, words));
  return [...runsOf(text, words)].some((run) => runs.has(run) && !free.some((one) => one.has(run)));
}

/** Of a text's word trigrams, the share that is distinct: near 1, and less where it goes round in circles; 1 for fewer than three words. */
export function distinctShare(text: string): number {
  const count = wordsOf(text).length - gramLength + 1;
  return count < 1 ? 1 : gramsOf(text).size / count;
}

const sharedGrams = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => [...a].filter((gram) => b.has(gram)).length;

function gramsOf(text: string): Set<string> {
  const words = wordsOf(text);
  if (words.length < gramLength) return new Set(words.length === 0 ? [] : [words.join(" ")]);
  return runsOf(text, gramLength);
}

function runsOf(text: string, length: number): Set<string> {
  const words = wordsOf(text);
  return new Set(words.slice(length - 1).map((_, i) => words.slice(i, i + length).join(" ")));
}
