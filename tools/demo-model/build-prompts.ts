/** Writes openings of real sentences as prompts: training prompts from training speeches, held-out ones from held-out speeches. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { permutation, uniform } from "@cai/random";
import { loadTokenizer } from "@cai/tokenizer";
import { policyDirectory, promptsDirectory } from "./asset-folders.ts";
import { firstModernYear, loadCorpus, type Speech } from "./corpus.ts";

const seed = 1;
const minimumTokens = 4;
const maximumTokens = 12;
/** The words after which a reader expects more: an opening ends with one of them or with a plain word, never with punctuation. */
const endsOpen = /[A-Za-z]$/;

const tokenizer = await loadTokenizer(policyDirectory);
const corpus = loadCorpus();
const heldOut = openings(corpus.heldOut, "held-out", new Set());
const train = openings(corpus.train, "train", new Set(heldOut.map(firstWords)));
mkdirSync(promptsDirectory, { recursive: true });
write("train.jsonl", train.slice(0, 400));
write("heldout.jsonl", heldOut.slice(0, 64));

/** Openings of 3 to 7 words in random order; no two begin with the same three words, and none as one of `taken` does. */
function openings(speeches: readonly Speech[], stream: string, taken: Set<string>): string[] {
  const sentences = speeches.filter(({ year }) => year >= firstModernYear).flatMap((speech) => speech.sentences);
  const result: string[] = [];
  for (const index of permutation({ seed, stream, counters: [], length: sentences.length })) {
    const words = sentences[index]!.split(" ");
    const length = 3 + Math.floor(5 * uniform({ seed, stream: `${stream} length`, counters: [index] }));
    const opening = words.slice(0, length).join(" ");
    const tokens = tokenizer.encode(opening).length;
    if (words.length < length + 4 || tokens < minimumTokens || tokens > maximumTokens) continue;
    if (!endsOpen.test(opening) || /[^A-Za-z', -]/.test(opening) || taken.has(firstWords(opening))) continue;
    taken.add(firstWords(opening));
    result.push(opening);
  }
  return result;
}

function firstWords(text: string): string {
  return text.split(" ").slice(0, 3).join(" ").toLowerCase();
}

function write(name: string, prompts: readonly string[]): void {
  writeFileSync(join(promptsDirectory, name), prompts.map((prompt) => `${JSON.stringify({ prompt })}\n`).join(""));
  console.log(`${name}: ${prompts.length} prompts`);
}
