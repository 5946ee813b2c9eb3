import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createTokenizer } from "../create.ts";
import { TokenizerError } from "../error.ts";
import { loadTokenizer } from "../load.ts";

const tokenizerJson = { model: { type: "BPE", vocab: { "<s>": 0, "</s>": 1 }, merges: [] } };
const withTemplate = (chat_template: unknown) =>
  createTokenizer({ tokenizerJson, tokenizerConfig: { bos_token: "<s>", eos_token: "</s>", chat_template } });

const chatMl =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
const hello = [{ role: "user", content: "hello" }];

afterEach(() => {
  vi.useRealTimers();
});

test("a conversation is written as the template says, with the generation prompt only if asked for", () => {
  const tokenizer = withTemplate(chatMl);
  expect(tokenizer.applyChatTemplate(hello)).toBe("<|im_start|>user\nhello<|im_end|>\n");
  expect(tokenizer.applyChatTemplate(hello, { addGenerationPrompt: true })).toBe(
    "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n",
  );
});

test("templates see the special tokens and no tools", () => {
  const template = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{% if tools is not none %}tools{% endif %}";
  expect(withTemplate(template).applyChatTemplate(hello)).toBe("<s>hello</s>");
});

test("templates can write the date", () => {
  vi.useFakeTimers({ now: new Date(2024, 6, 26) });
  expect(withTemplate("{{ strftime_now('%Y-%m-%d') }}").applyChatTemplate(hello)).toBe("2024-07-26");
});

test("a template that refuses the messages says why", () => {
  const tokenizer = withTemplate("{{ raise_exception('Conversation roles must alternate') }}");
  expect(() => tokenizer.applyChatTemplate(hello)).toThrow("Conversation roles must alternate");
});

test("a template with a mistake is an error of this package", () => {
  const tokenizer = withTemplate("{% if %}");
  expect(() => tokenizer.applyChatTemplate(hello)).toThrow(TokenizerError);
});

test("a model without a template says so", () => {
  expect(() => createTokenizer({ tokenizerJson }).applyChatTemplate(hello)).toThrow("has no chat template");
});

describe("several named templates", () => {
  const named = [
    { name: "default", template: "plain" },
    { name: "rag", template: "with documents" },
  ];
  const tools = [{ name: "f" }];

  test("the one named default is used unless another is asked for", () => {
    expect(withTemplate(named).applyChatTemplate(hello)).toBe("plain");
    expect(withTemplate(named).applyChatTemplate(hello, { template: "rag" })).toBe("with documents");
  });

  test("with tools, the one named tool_use is used where there is one", () => {
    const withToolUse = [...named, { name: "tool_use", template: "{{ tools[0].name }}" }];
    expect(withTemplate(withToolUse).applyChatTemplate(hello, { tools })).toBe("f");
    expect(withTemplate(withToolUse).applyChatTemplate(hello)).toBe("plain");
    expect(withTemplate(named).applyChatTemplate(hello, { tools })).toBe("plain");
  });

  test("they may stand in an object by their names", () => {
    expect(withTemplate({ default: "plain", rag: "with documents" }).applyChatTemplate(hello, { template: "rag" })).toBe("with documents");
  });

  test("without a default, the error lists the names", () => {
    expect(() => withTemplate(named.slice(1)).applyChatTemplate(hello)).toThrow('no chat template named "default": choose one of rag');
  });
});

test.each([[[null]], [[{ name: "default" }]], [7], [{ default: 7 }], [["plain"]]])("%j is no chat template", (template) => {
  expect(() => withTemplate(template)).toThrow(/chat_template of tokenizer_config\.json is no template: give a text, or a list/);
});

test("chat_template.jinja goes before the configuration's template", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cai-chat-template-"));
  try {
    await writeFile(join(directory, "tokenizer.json"), JSON.stringify(tokenizerJson));
    await writeFile(join(directory, "tokenizer_config.json"), JSON.stringify({ chat_template: "old" }));
    await writeFile(join(directory, "chat_template.jinja"), "new");
    const tokenizer = await loadTokenizer(directory);
    expect(tokenizer.applyChatTemplate(hello)).toBe("new");
    expect(tokenizer.files.get("chat_template.jinja")).toBe("new");
  } finally {
    await rm(directory, { recursive: true });
  }
});
