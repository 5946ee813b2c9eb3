import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import { TokenizerError } from "../error.ts";
import type { SpecialTokens } from "../special-tokens.ts";
import { openFinalMessage } from "./continue-final-message.ts";
import { JinjaError } from "./jinja/error.ts";
import type { ChatTemplateLimits } from "./jinja/meter.ts";
import { prepareMessages, refused } from "./messages.ts";
import type { ChatTemplates } from "./templates.ts";

/** How a conversation is rendered. */
export interface NamedTemplateOptions extends ChatTemplateOptions {
  /** Which of several named templates. Default: `tool_use` where there are tools and it is there, otherwise `default`. */
  readonly template?: string;
  /** How much the template may take; defaults in `ChatTemplateLimits`. */
  readonly limits?: Partial<ChatTemplateLimits>;
}

/** What of `chatTemplateKwargs` is no variable of the template: `transformers` takes it as an option of the rendering. */
const reserved = [
  "add_generation_prompt",
  "chat_template",
  "continue_final_message",
  "conversation",
  "conversations",
  "max_length",
  "messages",
  "padding",
  "return_assistant_tokens_mask",
  "return_dict",
  "return_tensors",
  "sanitize_control_tokens",
  "tokenize",
  "tokenizer_kwargs",
  "tools",
  "truncation",
];

/**
 * Renders a conversation as `transformers` does; templates see the same variables and functions (special tokens, `raise_exception`,
 * `strftime_now`).
 *
 * @throws TokenizerError `no-chat-template`, `chat-template-failed`
 */
export function renderChat({
  templates,
  messages,
  options,
  specialTokens,
  where,
}: {
  readonly templates: ChatTemplates;
  readonly messages: readonly ChatMessage[];
  readonly options: NamedTemplateOptions;
  readonly specialTokens: SpecialTokens;
  readonly where: string;
}): string {
  const { addGenerationPrompt = false, continueFinalMessage = false, tools, documents, chatTemplateKwargs = {} } = options;
  const text = templates.choose({ name: options.template, hasTools: tools !== undefined && tools !== null });
  try {
    if (continueFinalMessage !== false && addGenerationPrompt) {
      throw refused("addGenerationPrompt and continueFinalMessage exclude each other: begin a new turn, or go on with the last one");
    }
    const option = Object.keys(chatTemplateKwargs).find((name) => reserved.includes(name));
    if (option !== undefined) throw refused(`chatTemplateKwargs can't hold "${option}", which is an option of its own`);
    const prepared = prepareMessages(messages);
    const field = continueFinalMessage === true ? "content" : continueFinalMessage;
    const open = field === false ? undefined : openFinalMessage(prepared, field, text);
    const variables = {
      ...specialTokens,
      tools: tools ?? null,
      documents: documents ?? null,
      ...chatTemplateKwargs,
      add_generation_prompt: addGenerationPrompt,
      messages: open?.messages ?? prepared,
    };
    const rendered = templates.parsed(text).render(variables, options.limits);
    return open === undefined ? rendered : open.cut(rendered);
  } catch (cause) {
    throw atPlace(cause, where);
  }
}

function atPlace(cause: unknown, where: string): unknown {
  if (TokenizerError.isInstance(cause)) return refused(`${where}: ${cause.message}`, cause);
  if (!(cause instanceof JinjaError)) return cause;
  const line = cause.line === undefined ? "" : ` (line ${cause.line} of the template)`;
  const what = {
    LimitError: "the chat template was stopped",
    TemplateSyntaxError: "the chat template is no valid template",
    TemplateError: "the chat template refused the messages",
  }[cause.kind as string];
  return refused(`${where}: ${what ?? "the chat template failed"}: ${cause.message}${line}`, cause);
}
