import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readPrompt } from "./read-prompt.ts";

const root = await mkdtemp(join(tmpdir(), "prompt-"));
afterAll(() => rm(root, { recursive: true }));

async function file(name: string, content: unknown): Promise<string> {
  await writeFile(join(root, name), JSON.stringify(content));
  return join(root, name);
}

test("a prompt is text, or with --chat the user's turn, with tools and variables of the template", async () => {
  const tools = await file("tools.json", [{ name: "f" }]);
  expect((await readPrompt({ prompt: "hi" })).prompt).toBe("hi");
  const chat = { prompt: "hi", chat: true, tools, chatTemplateKwargs: '{"enable_thinking": false}' };
  expect((await readPrompt(chat)).prompt).toEqual({
    messages: [{ role: "user", content: "hi" }],
    tools: [{ name: "f" }],
    chatTemplateKwargs: { enable_thinking: false },
  });
});

test("a conversation is a row of a file of prompts", async () => {
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "well" },
  ];
  const conversation = await file("row.json", { prompt: messages });
  expect((await readPrompt({ conversation })).prompt).toEqual({ messages });
});

test("flags that don't fit together, and what is no JSON, are refused", async () => {
  const conversation = await file("other.json", { prompt: [{ role: "user", content: "hi" }] });
  const refused: [Parameters<typeof readPrompt>[0], RegExp][] = [
    [{}, /needs either --prompt or --conversation/],
    [{ prompt: "a", conversation }, /needs either --prompt or --conversation/],
    [{ prompt: "a", tools: "t.json" }, /give --chat too/],
    [{ conversation, chatTemplateKwargs: "{}" }, /leave the flags out/],
    [{ prompt: "a", chat: true, chatTemplateKwargs: "{x" }, /--chat-template-kwargs is not JSON/],
    [{ prompt: "a", chat: true, chatTemplateKwargs: "[]" }, /holds an array as "chat_template_kwargs"/],
    [{ prompt: "a", chat: true, tools: conversation }, /holds an object as "tools"/],
    [{ prompt: "a", chat: true, tools: join(root, "nowhere.json") }, /does not exist/],
  ];
  for (const [flags, message] of refused) {
    await expect(readPrompt(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
  }
});
