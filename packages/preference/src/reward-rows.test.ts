import { readFileSync } from "node:fs";
import { repositoryPath, tinyGpt2 } from "@cai/testing";
import { createTokenizer, loadTokenizer } from "@cai/tokenizer";
import { expect, test } from "vitest";
import type { PreferencePair } from "./preference-pair.ts";
import { digestRewardRows, encodeRewardRows } from "./reward-rows.ts";

const tokenizer = await loadTokenizer(tinyGpt2);
const trunk = { tokenizer, vocabSize: 512, eosTokenIds: [0] };
const encode = (pairs: readonly PreferencePair[], maxLength = 128, notices: string[] = []) =>
  encodeRewardRows(pairs, trunk, { maxLength, notice: (message) => notices.push(message) });
const ids = (text: string) => [...tokenizer.encode(text)];

test("a text is the prompt with its answer right behind it, without an end of text", () => {
  const [row] = encode([{ prompt: "The sky is", chosen: " blue", rejected: " green", margin: 2, probability: 0.9 }]);
  expect([...row!.chosenIds]).toEqual(ids("The sky is blue"));
  expect([...row!.rejectedIds]).toEqual(ids("The sky is green"));
  expect(row).toMatchObject({ margin: 2, probability: 0.9, texts: { prompt: "The sky is", chosen: " blue", rejected: " green" } });
});

test("of a conversation it is what a rollout has: the prompt that asks for an answer, and the answer up to its end", () => {
  const files = (name: string) => readFileSync(`${tinyGpt2}/${name}`, "utf8");
  const template = readFileSync(repositoryPath("tools/chat-templates/templates/zephyr.jinja"), "utf8");
  const chatty = createTokenizer({
    tokenizerJson: JSON.parse(files("tokenizer.json")),
    tokenizerConfig: { ...JSON.parse(files("tokenizer_config.json")), chat_template: template },
  });
  const user = { role: "user", content: "Why?" };
  const pair = { chosen: [user, { role: "assistant", content: "Because." }], rejected: [user, { role: "assistant", content: "No." }] };
  const [row] = encodeRewardRows([pair], { ...trunk, tokenizer: chatty }, { maxLength: 128, notice: () => {} });
  const asked = chatty.applyChatTemplate([user], { addGenerationPrompt: true });
  expect(row!.texts).toEqual({ prompt: asked, chosen: "Because.", rejected: "No." });
  expect([...row!.chosenIds]).toEqual([...chatty.encode(`${asked}Because.`)]);
});

test("what is longer than the model reads loses its beginning, which is told", () => {
  const notices: string[] = [];
  const [row] = encode([{ prompt: "The sky is", chosen: " blue and blue and blue", rejected: " green" }], 5, notices);
  expect([...row!.chosenIds]).toEqual(ids("The sky is blue and blue and blue").slice(-5));
  expect(notices).toEqual([expect.stringMatching(/^[12] of 2 texts lost their beginning: they have more than 5 tokens/)]);
});

test("the digest tells pairs, their order, margins and labels apart", () => {
  const pair = { prompt: "a", chosen: " b", rejected: " c" };
  const other = { prompt: "d", chosen: " e", rejected: " f" };
  const variants = [[pair, other], [other, pair], [{ ...pair, margin: 1 }, other], [{ ...pair, probability: 0.5 }, other]]; // biome-ignore format: a line
  expect(new Set(variants.map((pairs) => digestRewardRows(encode(pairs)))).size).toBe(4);
});

test("a text without tokens is refused, by its pair's number", () => {
  const pair = { prompt: "", chosen: "a", rejected: "" };
  expect(() => encode([{ ...pair, rejected: "b" }, pair])).toThrow("row 2 of 2: row 1 has no tokens: a reward model needs one or more");
});
