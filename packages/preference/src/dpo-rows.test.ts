import { tinyGpt2 } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";
import { expect, test } from "vitest";
import { digestDpoRows, encodeDpoRows } from "./dpo-rows.ts";
import type { PreferencePair } from "./preference-pair.ts";

const tokenizer = await loadTokenizer(tinyGpt2);
const model = { tokenizer, vocabSize: 512, contextLength: 128 };
const endOfText = tokenizer.eosTokenId!;
const encode = (pairs: readonly PreferencePair[], maxLength = 0, notices: string[] = []) =>
  encodeDpoRows(pairs, model, { maxLength, notice: (message) => notices.push(message) });

test("both answers follow the prompt's ids, and end with the end of text", () => {
  const [row] = encode([{ prompt: "The sky is", chosen: " blue", rejected: " green", probability: 0.9 }]);
  const whole = (answer: string) => [...tokenizer.encode(`The sky is${answer}`), endOfText];
  expect([...row!.promptIds]).toEqual([...tokenizer.encode("The sky is")]);
  expect([...row!.promptIds, ...row!.chosenIds]).toEqual(whole(" blue"));
  expect([...row!.promptIds, ...row!.rejectedIds]).toEqual(whole(" green"));
  expect(row!.probability).toBe(0.9);
});

test("an implicit prompt gives the same row as one that is told", () => {
  const told = { prompt: "The sky is", chosen: " blue", rejected: " green" };
  expect(encode([{ chosen: "The sky is blue", rejected: "The sky is green" }])).toEqual(encode([told]));
});

test("answers are cut behind maxLength tokens, which is told; a prompt that leaves no room is refused", () => {
  const notices: string[] = [];
  const long = { prompt: "The sky is", chosen: " blue and blue and blue", rejected: " green" };
  const length = tokenizer.encode(`${long.prompt}${long.rejected}`).length + 1;
  const [row] = encode([long], length, notices);
  expect(row!.promptIds.length + row!.chosenIds.length).toBe(length);
  expect(row!.rejectedIds.at(-1)).toBe(endOfText);
  expect(notices).toEqual([`1 of 2 answers were cut: with their prompts they have more than ${length} tokens (maxLength)`]);
  expect(() => encode([long], 1)).toThrow(/row 1 of 1: its prompt has \d+ tokens, which leaves no room/);
});

test("what exceeds the context is refused, by its number", () => {
  const short = { prompt: "a", chosen: " b", rejected: " c" };
  expect(() => encode([short, { ...short, rejected: " no".repeat(200) }])).toThrow(/row 2 of 2: it has \d+ tokens, more than .* 128/);
});

test("the digest tells pairs, their order, which answer is better and labels apart", () => {
  const pair = { prompt: "a", chosen: " b", rejected: " c" };
  const other = { prompt: "d", chosen: " e", rejected: " f" };
  const digests = [
    [pair, other],
    [other, pair],
    [{ ...pair, chosen: " c", rejected: " b" }, other],
    [{ ...pair, probability: 0.5 }, other],
  ].map((pairs) => digestDpoRows(encode(pairs)));
  expect(new Set(digests).size).toBe(4);
});
