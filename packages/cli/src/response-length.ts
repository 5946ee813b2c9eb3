import type { Tokenizer } from "@cai/contracts";

/**
 * The longest response where nobody said how long it may be: `preferred` tokens, or what the policy's context leaves after the longest
 * prompt, in which case `told` says so. At least one: a prompt that leaves no room is refused elsewhere, by its line.
 *
 * @param longest tokens of the longest prompt
 */
export function fitResponseLength(
  longest: number,
  { contextLength, preferred }: { readonly contextLength: number; readonly preferred: number },
): { readonly maxNewTokens: number; readonly told?: string } {
  const left = contextLength - longest;
  if (left >= preferred) return { maxNewTokens: preferred };
  const told = `--max-new-tokens is ${left}: what the policy's context of ${contextLength} leaves after the longest prompt, of ${longest} tokens`;
  return { maxNewTokens: left, told };
}

/** Tokens of the longest of prompts as `preparePrompts` gives them. */
export function longestPrompt(prompts: readonly { readonly prompt: string | Int32Array }[], tokenizer: Tokenizer): number {
  const lengths = prompts.map(({ prompt }) => (typeof prompt === "string" ? tokenizer.encode(prompt) : prompt).length);
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}
