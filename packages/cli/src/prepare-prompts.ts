import { CaiError, type Tokenizer } from "@cai/contracts";
import { encodePrompt, type Prompt } from "@cai/trainer";
import { CliError } from "./error.ts";
import type { ReadPrompt } from "./read-prompts.ts";

/** What has to be known of a policy to hold its prompts against it. */
export interface PromptLimits {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly maxNewTokens: number;
}

/**
 * Prompts as the trainer takes them: text as it is, conversations as the token ids of the policy's chat template.
 *
 * @throws CliError `usage`, naming file and line: for a prompt that leaves no room for the response, and for a conversation where the
 * policy has no chat template
 */
export function preparePrompts(prompts: readonly ReadPrompt[], limits: PromptLimits): (string | Int32Array)[] {
  const { tokenizer, contextLength, maxNewTokens } = limits;
  return prompts.map(({ prompt, where }) => {
    const ids = encodeLine(prompt, tokenizer, where);
    if (ids.length === 0) throw new CliError("usage", `${where} has no tokens: expected some text`);
    if (ids.length + maxNewTokens > contextLength) {
      const sum = `${ids.length} tokens, which with ${maxNewTokens} new ones exceed the policy's context of ${contextLength}`;
      throw new CliError("usage", `${where} has ${sum}: shorten it, or lower --max-new-tokens`);
    }
    return typeof prompt === "string" ? prompt : ids;
  });
}

function encodeLine(prompt: Prompt, tokenizer: Tokenizer, where: string): Int32Array {
  try {
    return encodePrompt(prompt, tokenizer);
  } catch (cause) {
    if (!CaiError.isInstance(cause)) throw cause;
    throw new CliError("usage", `${where}: ${cause.message}`, { cause });
  }
}
