/** Writes the words that the addresses use at least 20 times: what the tests of @cai/demo take for English. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadCorpus } from "./corpus.ts";

const counts = new Map<string, number>();
for (const { sentences } of loadCorpus().train) {
  for (const sentence of sentences)
    for (const [word] of sentence.toLowerCase().matchAll(/[a-z]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
}
const words = [...counts].flatMap(([word, count]) => (count >= 20 ? [word] : [])).sort();
writeFileSync(fileURLToPath(new URL("../../packages/demo/src/golden/common-words.txt", import.meta.url)), `${words.join("\n")}\n`);
console.log(`${words.length} words`);
