import { CaiError, type Tokenizer } from "@cai/contracts";
import type { PromptRow, ReadRow } from "@cai/data";
import { describeUnfitPrompt, encodePrompt, type Prompt, type PromptTask } from "@cai/rollouts";
import { CliError } from "./error.ts";

/** What has to be known of a policy to hold its prompts against it. */
export interface PromptLimits {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly maxNewTokens: number;
}

/**
 * Prompts as the trainer takes them: text as it is, conversations as the token ids of the policy's chat template; with their rows' other columns.
 *
 * @throws CliError `usage`, naming file and line: for a prompt that leaves no room for the response, and for a conversation where the
 * policy has no chat template
 */
export function preparePrompts(
  prompts: readonly ReadRow<PromptRow>[],
  limits: PromptLimits,
): (PromptTask & { readonly prompt: string | Int32Array })[] {
  const { tokenizer, contextLength, maxNewTokens } = limits;
  return prompts.map(({ row: { prompt, columns }, where }) => {
    const ids = encodeLine(prompt, tokenizer, where);
    refuseUnfit(ids, where, { contextLength, maxNewTokens });
    return { prompt: typeof prompt === "string" ? prompt : ids, ...(columns && { columns }) };
  });
}

/** @throws CliError `usage` for a prompt that the policy can't answer with so many tokens */
export function refuseUnfit(ids: Int32Array, where: string, limits: Omit<PromptLimits, "tokenizer">): void {
  const unfit = describeUnfitPrompt(ids, limits)?.replace("the option maxNewTokens", "--max-new-tokens");
  if (unfit !== undefined) throw new CliError("usage", `${where} ${unfit}`);
}

function encodeLine(prompt: Prompt, tokenizer: Tokenizer, where: string): Int32Array {
  try {
    return encodePrompt(prompt, tokenizer);
  } catch (cause) {
    if (!CaiError.isInstance(cause)) throw cause;
    throw new CliError("usage", `${where}: ${cause.message}`, { cause });
  }
}
