import type { Tokenizer } from "@cai/contracts";
import type { Prompt } from "@cai/rollouts";

/** A prompt for a reader, without what a chat template adds: of a conversation its last message, where that is text. */
export function promptText(prompt: Prompt, tokenizer: Tokenizer): string {
  if (typeof prompt === "string") return prompt;
  if (prompt instanceof Int32Array) return tokenizer.decode(prompt, { skipSpecialTokens: true });
  const content = prompt.messages.at(-1)?.content;
  return typeof content === "string" ? content : JSON.stringify(content);
}
