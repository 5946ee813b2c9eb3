import "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CausalPolicy, createPolicy, loadPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoPolicyDirectory } from "./directories.ts";
import { demoPrompts } from "./prompts.ts";

const english = new Set((await readFile(new URL("golden/common-words.txt", import.meta.url), "utf8")).trim().split("\n"));
const rows = 12;
const maxNewTokens = 32;
let policy: CausalPolicy;
let written: Awaited<ReturnType<typeof responsesOf>>;
beforeAll(async () => {
  await tf.setBackend("wasm");
  policy = await loadPolicy(demoPolicyDirectory);
  written = await responsesOf(policy);
});
afterAll(() => policy.dispose());

/** Responses to held-out prompts at temperature 1, and how they ended. */
async function responsesOf(writer: CausalPolicy): Promise<{ texts: string[]; endings: readonly string[] }> {
  const prompts = (await demoPrompts({ split: "heldout" })).slice(0, rows).map((prompt) => writer.tokenizer.encode(prompt));
  const columns = Math.max(...prompts.map((prompt) => prompt.length));
  const ids = new Int32Array(rows * columns);
  const mask = new Uint8Array(rows * columns);
  for (const [row, prompt] of prompts.entries()) {
    ids.set(prompt, (row + 1) * columns - prompt.length);
    mask.fill(1, (row + 1) * columns - prompt.length, (row + 1) * columns);
  }
  const draws = { seed: 3, stream: "demo test", step: 0 };
  const { responses, finishReasons } = await writer.generate({ ids, mask, shape: [rows, columns] }, { draws, maxNewTokens });
  const length = responses.shape[1];
  const texts = prompts.map((_, row) => {
    const response = responses.ids
      .subarray(row * length, (row + 1) * length)
      .filter((_, column) => responses.mask[row * length + column] === 1);
    return writer.tokenizer.decode(response, { skipSpecialTokens: true });
  });
  return { texts, endings: finishReasons };
}

/** The share of whole words that speeches use at least 20 times. */
function shareOfEnglish(texts: readonly string[]): number {
  const words = texts.flatMap((text) => text.toLowerCase().match(/(?<= )[a-z]+/g) ?? []);
  return words.filter((word) => english.has(word)).length / words.length;
}

test("the policy writes English words, where random weights of the same shape don't", async () => {
  expect(shareOfEnglish(written.texts)).toBeGreaterThan(0.85);
  const config = JSON.parse(await readFile(join(demoPolicyDirectory, "config.json"), "utf8"));
  const random = await createPolicy({ config, seed: 7, tokenizer: policy.tokenizer });
  expect(shareOfEnglish((await responsesOf(random)).texts)).toBeLessThan(0.6);
  random.dispose();
});

test("some responses end by themselves, with the end of a sentence", async () => {
  const { texts, endings } = written;
  const ended = texts.filter((_, row) => endings[row] === "eos");
  expect(ended.length).toBeGreaterThan(1);
  for (const text of ended) expect(text).toMatch(/[.?!]["')]*$/);
});
