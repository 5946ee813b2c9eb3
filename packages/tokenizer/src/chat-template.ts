import type { ChatMessage } from "@cai/contracts";
import { Template } from "@huggingface/jinja";
import { TokenizerError } from "./error.ts";
import type { JsonObject } from "./files.ts";
import type { SpecialTokens } from "./special-tokens.ts";

/**
 * The chat templates of a tokenizer by name: the file chat_template.jinja, or `chat_template` of tokenizer_config.json, which is one
 * template or a list of `{ name, template }`. A single one is named `default`.
 */
export function readChatTemplates(config: JsonObject, file: string | undefined): ReadonlyMap<string, string> {
  const configured = config.chat_template;
  const templates = new Map<string, string>();
  if (typeof configured === "string") templates.set("default", configured);
  if (Array.isArray(configured)) {
    for (const { name, template } of configured as JsonObject[]) {
      if (typeof name === "string" && typeof template === "string") templates.set(name, template);
    }
  }
  if (file !== undefined) templates.set("default", file);
  return templates;
}

/**
 * Renders a conversation; templates see the variables and functions that `transformers` gives them (special tokens, `raise_exception`,
 * `strftime_now`). Throws TokenizerError.
 */
export function renderChat({
  templates,
  name,
  messages,
  addGenerationPrompt,
  specialTokens,
  where,
}: {
  readonly templates: ReadonlyMap<string, string>;
  readonly name: string;
  readonly messages: readonly ChatMessage[];
  readonly addGenerationPrompt: boolean;
  readonly specialTokens: SpecialTokens;
  readonly where: string;
}): string {
  const template = templates.get(name);
  if (template === undefined) {
    throw new TokenizerError(
      "no-chat-template",
      templates.size === 0
        ? `${where} has no chat template: use plain text, or put one into chat_template.jinja (only chat models come with one)`
        : `${where} has no chat template named "${name}": choose one of ${[...templates.keys()].join(", ")}`,
    );
  }
  try {
    return new Template(template).render({
      ...specialTokens,
      messages,
      add_generation_prompt: addGenerationPrompt,
      tools: null,
      documents: null,
    });
  } catch (cause) {
    throw new TokenizerError("chat-template-failed", `${where}: the chat template refused the messages: ${(cause as Error).message}`, {
      cause,
    });
  }
}
