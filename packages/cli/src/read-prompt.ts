import { type PromptRow, parseRow, promptForm, readText } from "@cai/data";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";

/** The flags of `cai generate` that say what is answered. */
export interface PromptFlags {
  readonly prompt?: string;
  readonly chat?: boolean;
  readonly tools?: string;
  readonly chatTemplateKwargs?: string;
  readonly conversation?: string;
}

/**
 * The one prompt of `cai generate`, and what messages call it: `--prompt`, as text or with `--chat` as a conversation of one turn, or the row
 * that `--conversation` names.
 *
 * @throws CliError `usage`
 */
export async function readPrompt(flags: PromptFlags): Promise<PromptRow & { readonly where: string }> {
  const { prompt, chat = false, tools, chatTemplateKwargs, conversation } = flags;
  if ((prompt === undefined) === (conversation === undefined)) {
    throw new CliError("usage", "cai generate needs either --prompt or --conversation");
  }
  if (prompt !== undefined && !chat) {
    if (tools === undefined && chatTemplateKwargs === undefined) return { prompt, where: "--prompt" };
    throw new CliError("usage", "--tools and --chat-template-kwargs are for a chat template: give --chat too");
  }
  if (prompt === undefined && (tools ?? chatTemplateKwargs) !== undefined) {
    throw new CliError("usage", '--conversation holds its own "tools" and "chat_template_kwargs": leave the flags out');
  }
  if (conversation !== undefined) {
    const where = conversation === "-" ? "standard input" : conversation;
    return readingInput(async () => ({ ...parseRow(promptForm, { text: await readText(conversation), where }), where }));
  }
  const columns = [
    `"prompt": ${JSON.stringify([{ role: "user", content: prompt }])}`,
    ...(tools === undefined ? [] : [`"tools": ${checkedJson(await readingInput(() => readText(tools)), tools)}`]),
    ...(chatTemplateKwargs === undefined ? [] : [`"chat_template_kwargs": ${checkedJson(chatTemplateKwargs, "--chat-template-kwargs")}`]),
  ];
  const where = "--prompt";
  return readingInput(() => ({ ...parseRow(promptForm, { text: `{${columns.join(", ")}}`, where }), where }));
}

/** Kept as text, so that it is read as a row of a file is. */
function checkedJson(text: string, where: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new CliError("usage", `${where} is not JSON`, { cause });
  }
}
