import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePipelineConfig, readConstitution } from "@cai/constitution";
import { readPrompts } from "@cai/data";
import { expect, test } from "vitest";

test("the example with a real model is whole: constitution, prompts, and others that are held out", async () => {
  const file = join(examples, "smollm2.json");
  const example = parsePipelineConfig(await readFile(file, "utf8"), file);
  const { principles } = await readConstitution(join(examples, example.constitution));
  expect(principles.every(({ positivePersona, negativePersona }) => positivePersona && negativePersona)).toBe(true);
  const [prompts, heldOut] = await Promise.all([example.prompts, example.heldOutPrompts].map(textsOf));
  expect([prompts!.length >= 128, heldOut!.length]).toEqual([true, 64]);
  const all = [...prompts!, ...heldOut!];
  const nearest = all.flatMap((text, index) => all.slice(0, index).map((earlier) => similarity(text, earlier)));
  expect(Math.max(...nearest)).toBeLessThan(0.4);
});

const examples = fileURLToPath(new URL("../docs/examples/constitutional-ai", import.meta.url));

const textsOf = async (file: string) => (await readPrompts(join(examples, file))).rows.map(({ row }) => row.prompt as string);

/** Of the trigrams of letters in two texts, the share that both have: 1 for equal texts. */
function similarity(one: string, other: string): number {
  const [first, second] = [one, other].map(trigrams);
  const common = [...first!].filter((trigram) => second!.has(trigram)).length;
  return common / (first!.size + second!.size - common);
}

function trigrams(text: string): Set<string> {
  const letters = text.toLowerCase().replaceAll(/[^a-z]+/g, " ");
  return new Set(Array.from({ length: letters.length - 2 }, (_, start) => letters.slice(start, start + 3)));
}
