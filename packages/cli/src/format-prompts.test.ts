import { CaiError, type ChatMessage, type Tokenizer } from "@cai/contracts";
import type { PromptRow } from "@cai/data";
import { promptFormat } from "@cai/feedback";
import { expect, test } from "vitest";
import { formatPrompts, sharedFormat } from "./format-prompts.ts";

const withTemplate = { tokenizer: { applyChatTemplate: () => "Hello." } as unknown as Tokenizer };
const bare = {
  tokenizer: {
    applyChatTemplate() {
      throw new CaiError("no-chat-template", "there is none");
    },
  } as unknown as Tokenizer,
};
const user = (content: string): ChatMessage => ({ role: "user", content });
const read = (prompt: PromptRow["prompt"]) => ({ row: { prompt }, where: "prompts.jsonl:7" });
const promptsOf = (rows: readonly { readonly row: PromptRow }[]) => rows.map(({ row }) => row.prompt);

test("the format suits both: their templates where they have them, a dialogue where neither has", () => {
  expect(sharedFormat(undefined, { policy: withTemplate, against: withTemplate }).name).toBe("chat");
  expect(sharedFormat(undefined, { policy: bare, against: bare }).name).toBe("dialogue");
});

test("where one has a template and the other has not, the format must be named", () => {
  expect(() => sharedFormat(undefined, { policy: bare, against: withTemplate })).toThrow(
    /^--against has a chat template and --policy has none/,
  );
  expect(() => sharedFormat(undefined, { policy: withTemplate, against: bare })).toThrow(
    /^--policy has a chat template and --against has none/,
  );
  expect(sharedFormat("continuation", { policy: withTemplate, against: bare }).name).toBe("continuation");
});

test("a text is the user's turn of a conversation, or of a dialogue, or is gone on with", () => {
  const rows = [read("Why?")];
  expect(promptsOf(formatPrompts(rows, promptFormat("chat")))).toEqual([{ messages: [user("Why?")] }]);
  expect(promptsOf(formatPrompts(rows, promptFormat("dialogue")))).toEqual(["\n\nHuman: Why?\n\nAssistant:"]);
  expect(promptsOf(formatPrompts(rows, promptFormat("continuation")))).toEqual(["Why?"]);
});

test("for a template a conversation stays as it is, with its columns and the answer that it begins", () => {
  const begun = { messages: [user("Why?"), { role: "assistant", content: "Be" }], tools: [{ name: "f" }] };
  expect(promptsOf(formatPrompts([read(begun)], promptFormat("chat")))).toEqual([begun]);
});

test("without a template, a conversation is written by the format, or refused with its line", () => {
  const asked = { messages: [{ role: "system", content: "Be brief." }, user("Why?")] };
  expect(promptsOf(formatPrompts([read(asked)], promptFormat("dialogue")))).toEqual(["\n\nBe brief.\n\nHuman: Why?\n\nAssistant:"]);
  const refused = (prompt: PromptRow["prompt"]) => () => formatPrompts([read(prompt)], promptFormat("dialogue"));
  expect(refused({ ...asked, tools: [{ name: "f" }] })).toThrow(/^prompts\.jsonl:7 has tools for a chat template/);
  expect(refused({ messages: [{ role: "tool", content: "3" }] })).toThrow(/^prompts\.jsonl:7: a message has the role "tool"/);
});
