import type { ChatMessage } from "@cai/contracts";
import { TokenizerError } from "../error.ts";

/** The names that a message's reasoning goes under; the first is the one that most templates read. */
export const reasoningFields = ["reasoning_content", "thinking", "reasoning"];

/**
 * Messages as `transformers` hands them to a template: without the fields that are null, and with their reasoning under the names that
 * templates look for.
 *
 * @throws TokenizerError `chat-template-failed`
 */
export function prepareMessages(messages: readonly ChatMessage[]): Record<string, unknown>[] {
  if (messages.length === 0) throw refused("the conversation is empty: give at least one message");
  return messages.map((message, index) => {
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      throw refused(`message ${index + 1} of ${messages.length} is no object: expected { role, content, … }`);
    }
    return withReasoning(Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null && value !== undefined)));
  });
}

function withReasoning(message: Record<string, unknown>): Record<string, unknown> {
  const field = reasoningFields.find((name) => Object.hasOwn(message, name));
  if (field === undefined) return message;
  const reasoning = message[field];
  return { thinking: reasoning, ...message, reasoning_content: reasoning };
}

export const refused = (what: string, cause?: unknown): TokenizerError => new TokenizerError("chat-template-failed", what, { cause });
