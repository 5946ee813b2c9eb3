import { expect, test } from "vitest";
import { promptMessages } from "./prompt-messages.ts";

const where = "prompts.jsonl:3";
const user = { role: "user", content: "Hello." };

test("a text is the user's turn, a conversation itself", () => {
  expect(promptMessages({ row: { prompt: "Hello." }, where })).toEqual([user]);
  expect(promptMessages({ row: { prompt: { messages: [{ role: "system", content: "Be kind." }, user] } }, where })).toHaveLength(2);
});

test("what an answer can't be asked for to is refused with its line", () => {
  const begun = { messages: [user, { role: "assistant", content: "Hi" }] };
  expect(() => promptMessages({ row: { prompt: begun }, where })).toThrow("prompts.jsonl:3 ends with the assistant's turn");
  expect(() => promptMessages({ row: { prompt: { messages: [user], tools: [{}] } }, where })).toThrow("prompts.jsonl:3 has tools");
});
