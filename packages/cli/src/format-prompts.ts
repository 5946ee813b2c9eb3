import { CaiError, type Tokenizer } from "@cai/contracts";
import type { PromptRow, ReadRow } from "@cai/data";
import { type PromptFormat, type PromptFormatName, promptFormat, suitableFormat } from "@cai/feedback";
import { CliError } from "./error.ts";
import { promptMessages } from "./prompt-messages.ts";

/**
 * The format in which two policies are asked the same: the one that is named, or the one that suits both.
 *
 * @throws CliError `usage` where only one of them has a chat template, and no format is named; what a template throws that can't write a greeting
 */
export function sharedFormat(
  name: PromptFormatName | undefined,
  { policy, against }: Readonly<Record<"policy" | "against", { readonly tokenizer: Tokenizer }>>,
): PromptFormat {
  if (name !== undefined) return promptFormat(name);
  const format = suitableFormat(policy.tokenizer);
  if (suitableFormat(against.tokenizer) === format) return format;
  const [has, hasNot] = format.name === "chat" ? ["--policy", "--against"] : ["--against", "--policy"];
  throw new CliError(
    "usage",
    `${has} has a chat template and ${hasNot} has none: say by --format how both are asked, dialogue or continuation`,
  );
}

/**
 * Prompts as a format writes them. By the chat template, a text is the user's turn, and a conversation stays as it is, with its columns for the
 * template.
 *
 * @throws CliError `usage`, naming file and line, for a conversation that a format without a template can't write
 */
export function formatPrompts(rows: readonly ReadRow<PromptRow>[], format: PromptFormat): ReadRow<PromptRow>[] {
  return rows.map((read) => {
    const { row, where } = read;
    if (format.name === "chat" && typeof row.prompt !== "string") return read;
    const messages = promptMessages(read);
    try {
      return { where, row: { ...row, prompt: format.promptOf(messages) } };
    } catch (cause) {
      if (!CaiError.isInstance(cause)) throw cause;
      throw new CliError("usage", `${where}: ${cause.message}`, { cause });
    }
  });
}
