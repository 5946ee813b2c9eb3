import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import { describe, expect, test } from "vitest";
import { createTokenizer } from "../create.ts";
import { TokenizerError } from "../error.ts";
import { type Outcome, readGolden } from "./golden.fixture.ts";

interface Conversation {
  readonly name: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: ChatTemplateOptions["tools"];
  readonly documents?: ChatTemplateOptions["documents"];
  readonly kwargs?: Record<string, unknown>;
  readonly add_generation_prompt?: boolean;
  readonly continue_final_message?: boolean;
}

const { conversations, templates } = readGolden<{
  readonly conversations: readonly Conversation[];
  readonly templates: Record<
    string,
    { readonly template: string; readonly cases: readonly (Outcome & { readonly conversation: string })[] }
  >;
}>("conversations.json");

const withTemplate = (chat_template: unknown) =>
  createTokenizer({
    tokenizerJson: { model: { type: "BPE", vocab: { "<s>": 0, "</s>": 1 }, merges: [] } },
    tokenizerConfig: { bos_token: "<s>", eos_token: "</s>", chat_template },
  });

describe.each(Object.entries(templates))("the template of %s", (_, { template, cases }) => {
  const tokenizer = withTemplate(template);

  test.each(cases)('writes the conversation "$conversation" as transformers does', ({ conversation, text }) => {
    const { messages, tools, documents, kwargs, ...options } = conversations.find(({ name }) => name === conversation)!;
    const render = () =>
      tokenizer.applyChatTemplate(messages, {
        ...(tools && { tools }),
        ...(documents && { documents }),
        ...(kwargs && { chatTemplateKwargs: kwargs }),
        addGenerationPrompt: options.add_generation_prompt ?? false,
        continueFinalMessage: options.continue_final_message ?? false,
      });
    if (text === undefined) expect(render).toThrow(TokenizerError);
    else expect(render()).toBe(text);
  });
});

const hello = [{ role: "user", content: "hello" }];
const tools = [{ name: "f", parameters: {} }];

test("tools, documents and variables reach the template; what is not given is none or undefined", () => {
  const tokenizer = withTemplate("{{ tools }} {{ documents }} {{ mood }}");
  const options = { tools, documents: [{ title: "t" }], chatTemplateKwargs: { mood: "calm" } };
  expect(tokenizer.applyChatTemplate(hello, options)).toBe("[{'name': 'f', 'parameters': {}}] [{'title': 't'}] calm");
  expect(tokenizer.applyChatTemplate(hello)).toBe("None None ");
});

test("variables go before the special tokens, and an option of the rendering is none", () => {
  const tokenizer = withTemplate("{{ bos_token }}");
  expect(tokenizer.applyChatTemplate(hello, { chatTemplateKwargs: { bos_token: "x" } })).toBe("x");
  expect(() => tokenizer.applyChatTemplate(hello, { chatTemplateKwargs: { add_generation_prompt: true } })).toThrow(
    'chatTemplateKwargs can\'t hold "add_generation_prompt"',
  );
});

test("fields that are null are left out of a message, and every other field stays", () => {
  const tokenizer = withTemplate("{% for message in messages %}{{ message }}{% endfor %}");
  const message = { role: "assistant", content: null, name: "a", tool_calls: [{ id: null }] };
  expect(tokenizer.applyChatTemplate([message])).toBe("{'role': 'assistant', 'name': 'a', 'tool_calls': [{'id': None}]}");
});

test("reasoning goes under the names that templates read", () => {
  const tokenizer = withTemplate("{{ messages[0].thinking }} {{ messages[0].reasoning_content }}");
  expect(tokenizer.applyChatTemplate([{ role: "assistant", content: "", reasoning: "hm" }])).toBe("hm hm");
});

describe("a last message to be continued", () => {
  const turns =
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
  const begun = [...hello, { role: "assistant", content: "Well, " }];

  test("ends where its text does", () => {
    expect(withTemplate(turns).applyChatTemplate(begun, { continueFinalMessage: true })).toBe("<user>hello</><assistant>Well, ");
  });

  test("ends without white space where the template trims it", () => {
    const trimming = turns.replace("message.content", "message.content | trim");
    expect(withTemplate(trimming).applyChatTemplate(begun, { continueFinalMessage: true })).toBe("<user>hello</><assistant>Well,");
  });

  test("may end in a field of another name", () => {
    const thinking = "{% for message in messages %}<think>{{ message.thinking }}</think>{{ message.content }}{% endfor %}";
    const message = { role: "assistant", content: "", reasoning_content: "so" };
    expect(withTemplate(thinking).applyChatTemplate([message], { continueFinalMessage: "reasoning_content" })).toBe("<think>so");
  });

  test.each([
    [turns, [...hello, { role: "assistant", tool_calls: [] }], /the last message has no "content" to be continued/],
    [turns, [...hello, { role: "assistant", content: [{ type: "image" }] }], /the last message has no text to be continued/],
    ["{{ messages[0].role }}", begun, /doesn't write "content"/],
    ["{{ messages[0].content }}", begun, /doesn't write the last message as it stands/],
  ])("is refused where %s can't leave %j open", (template, messages, message) => {
    expect(() => withTemplate(template).applyChatTemplate(messages, { continueFinalMessage: true })).toThrow(message);
  });

  test("leaves no room for a new turn", () => {
    expect(() => withTemplate(turns).applyChatTemplate(begun, { continueFinalMessage: true, addGenerationPrompt: true })).toThrow(
      /exclude each other/,
    );
  });
});

test("an error names the tokenizer, what went wrong and the template's line", () => {
  const render = (template: string) => () => withTemplate(template).applyChatTemplate(hello);
  expect(render("a\n{{ 1 + 'a' }}")).toThrow(/the chat template failed: unsupported operand .+ \(line 2 of the template\)$/);
  expect(render("a\n\n{% if %}")).toThrow(/the chat template is no valid template: .+ \(line 3 of the template\)$/);
  expect(render("{{ raise_exception('no') }}")).toThrow(/the chat template refused the messages: no \(line 1 of the template\)$/);
  expect(render("{{ range(1000000) }}")).toThrow(/Range too big/);
});

test("limits can be set", () => {
  const render = () => withTemplate("{% for i in range(100) %}{{ i }}{% endfor %}").applyChatTemplate(hello, { limits: { steps: 100 } });
  expect(render).toThrow(/the chat template was stopped: it takes more than 100 steps, the limit for chat templates/);
});

test("what is no message is refused", () => {
  const nothing = [null] as unknown as ChatMessage[];
  expect(() => withTemplate("x").applyChatTemplate(nothing)).toThrow(/message 1 of 1 is no object/);
  expect(() => withTemplate("x").applyChatTemplate([])).toThrow(/the conversation is empty/);
});
