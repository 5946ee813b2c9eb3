import type { ChatMessage } from "@cai/contracts";
import type { PromptRow, ReadRow } from "@cai/data";
import { CliError } from "./error.ts";

/**
 * A prompt of a file as a conversation that a model answers: a text is the user's turn.
 *
 * @throws CliError `usage` where the prompt has columns for the chat template, or ends with the assistant's turn
 */
export function promptMessages({ row: { prompt }, where }: ReadRow<PromptRow>): readonly ChatMessage[] {
  if (typeof prompt === "string") return [{ role: "user", content: prompt }];
  const { messages, ...columns } = prompt;
  const [column] = Object.keys(columns);
  if (column !== undefined) throw new CliError("usage", `${where} has ${column} for a chat template: expected messages only`);
  if (messages.at(-1)?.role === "assistant")
    throw new CliError("usage", `${where} ends with the assistant's turn: expected a conversation that is to be answered`);
  return messages;
}
