import type { ChatMessage } from "@cai/contracts";

/** A conversation under a persona: its system message, above the conversation's own where it has one. */
export function underPersona(persona: string, prompt: readonly ChatMessage[]): ChatMessage[] {
  const [first, ...others] = prompt;
  if (first?.role !== "system" || typeof first.content !== "string") return [{ role: "system", content: persona }, ...prompt];
  return [{ ...first, content: `${persona}\n\n${first.content}` }, ...others];
}
