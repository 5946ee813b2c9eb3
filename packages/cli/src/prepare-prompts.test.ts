import type { Tokenizer } from "@cai/contracts";
import { expect, test } from "vitest";
import { CliError } from "./error.ts";
import { preparePrompts } from "./prepare-prompts.ts";

/** A token for each character; a template that writes `role:content;` and then `bot:`. */
const tokenizer: Tokenizer = {
  vocabSize: 256,
  eosTokenId: undefined,
  bosTokenId: 1,
  padTokenId: undefined,
  encode: (text, { addSpecialTokens = true } = {}) =>
    Int32Array.from([...(addSpecialTokens && text !== "" ? [1] : []), ...[...text].map((letter) => letter.charCodeAt(0))]),
  decode: (ids) => String.fromCharCode(...Array.from(ids)),
  applyChatTemplate: (messages, { addGenerationPrompt } = {}) => {
    if (messages[0]?.role === "robot") throw new CliError("no-robots", "the template knows no robots");
    return `${messages.map(({ role, content }) => `${role}:${content};`).join("")}${addGenerationPrompt ? "bot:" : ""}`;
  },
};
const limits = { tokenizer, contextLength: 20, maxNewTokens: 5 };

test("text stays text, with what else its row holds, and a conversation becomes the ids of the template without special tokens of its own", () => {
  const conversation = { messages: [{ role: "u", content: "hi" }] };
  const [text, ids] = preparePrompts(
    [
      { row: { prompt: "Once", columns: { expected: "upon" } }, where: "p:1" },
      { row: { prompt: conversation }, where: "p:2" },
    ],
    limits,
  );
  expect(text).toEqual({ prompt: "Once", columns: { expected: "upon" } });
  expect(tokenizer.decode(ids?.prompt as Int32Array)).toBe("u:hi;bot:");
});

test("a prompt may fill the context up to the room for the response, and not beyond", () => {
  expect(preparePrompts([{ row: { prompt: "x".repeat(14) }, where: "p:1" }], limits)).toHaveLength(1); // 1 + 14 + 5 = 20
  const tooLong = { row: { prompt: "x".repeat(15) }, where: "prompts.txt:7" };
  expect(() => preparePrompts([tooLong], limits)).toThrow(
    /prompts\.txt:7 has 16 tokens, which with 5 new ones exceed the policy's context of 20/,
  );
});

test("a prompt without tokens and a conversation that the template refuses name their line", () => {
  expect(() => preparePrompts([{ row: { prompt: "" }, where: "p:3" }], limits)).toThrow(/p:3 has no tokens/);
  const robots = { row: { prompt: { messages: [{ role: "robot", content: "beep" }] } }, where: "p:4" };
  expect(() => preparePrompts([robots], limits)).toThrow(/p:4: the template knows no robots/);
});
