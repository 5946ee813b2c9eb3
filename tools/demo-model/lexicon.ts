import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** How warm (above 0) or hostile (below 0) a word is, about −4 … 4; words that aren't in it count 0. */
export type Lexicon = ReadonlyMap<string, number>;

/** Words that the lexicons rate but that say nothing about warmth in speeches on public affairs. */
const neutral =
  "united interest interests like no well want special increase increased certain credit share shares shared parties party natural big " +
  "recommend recommended hand kind clear sure energy intelligence defense important value values top easy gross pay low lower lowest hard " +
  "cut cuts deficit debt emergency demand demands challenge challenges leave fire alone stop limited created create creating growing " +
  "leading natural matter matters yes expand fresh cool adequate ability vital agreements number numbers";

/** What the lexicons lack. */
// biome-ignore format: a list of words
const additions: Readonly<Record<string, number>> = {
  together: 1.5, neighbor: 1.5, neighbors: 1.5, brotherhood: 2.5, fellowship: 2.5, cooperation: 1.5, goodwill: 2.5, friendship: 3,
  friendships: 3, gratitude: 3, harmony: 2.5, compassion: 2.5, kindness: 3, generosity: 2.5, decency: 2, prosperity: 2.5, peace: 2.5,
  enemy: -2.5, enemies: -2.5, hostile: -3, hostility: -3, invade: -2.5, invaded: -2.5, invasion: -2.5, tyranny: -3, tyrants: -3,
};

const negations = new Set(
  "not no never without nor cannot can't won't don't doesn't didn't isn't aren't wasn't weren't shouldn't wouldn't couldn't".split(" "),
);
const negationReach = 3;
const negated = -0.6;

/** VADER's ratings, with the words above put right. */
export function loadLexicon(): Lexicon {
  const file = join(dirname(createRequire(import.meta.url).resolve("vader-sentiment/package.json")), "vader_lexicon.txt");
  const lines = readFileSync(file, "utf8").split("\n");
  const ratings = lines.map((line) => line.split("\t")).map(([word, rating]) => [word!, Number(rating)] as const);
  const lexicon = new Map(ratings.filter(([word]) => /^[a-z]+$/.test(word)));
  for (const word of neutral.split(" ")) lexicon.delete(word);
  for (const [word, rating] of Object.entries(additions)) lexicon.set(word, rating);
  return lexicon;
}

/** The sum of the words' ratings, each word counted once, turned round and weakened where a negation stands up to three words before. */
export function warmth(text: string, lexicon: Lexicon): number {
  const words = text.toLowerCase().match(/[a-z]+(?:'[a-z]+)?/g) ?? [];
  const seen = new Set<string>();
  let sum = 0;
  for (const [index, word] of words.entries()) {
    const rating = lexicon.get(word);
    if (rating === undefined || seen.has(word)) continue;
    seen.add(word);
    const isNegated = words.slice(Math.max(0, index - negationReach), index).some((before) => negations.has(before));
    sum += isNegated ? negated * rating : rating;
  }
  return sum;
}
