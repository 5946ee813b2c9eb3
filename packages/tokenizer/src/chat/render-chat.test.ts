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
