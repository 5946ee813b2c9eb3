import type { Conversation } from "@cai/trainer";
import { CliError } from "./error.ts";
import { parseConversation } from "./parse-conversation.ts";
import { describe, type InputLine, parseObject, readInputLines } from "./read-lines.ts";

/** A prompt as it stands in a file: text to continue, or a conversation for the policy's chat template. */
export interface ReadPrompt {
  readonly prompt: string | Conversation;
  /** `prompts.jsonl:3`, for messages. */
  readonly where: string;
}

/**
 * Prompts from a file, or from standard input for `-`: JSONL, or plain text with a prompt on each line. Blank lines are passed over.
 *
 * JSONL holds an object a line with `prompt`, `query` or `text`, a string, or `prompt` or `messages`, a conversation, see
 * `parseConversation`. It is recognised by the name `.jsonl` or, where the name does not end in `.txt`, by a first line that begins
 * with `{`.
 *
 * @throws CliError `usage`, naming file and line
 */
export async function readPrompts(file: string): Promise<ReadPrompt[]> {
  const lines = await readInputLines(file);
  return isJsonLines(file, lines[0]!.text) ? lines.map(promptOfLine) : lines.map(({ text, where }) => ({ prompt: text, where }));
}

/** By the file's name or its first line. */
export const isJsonLines = (file: string, firstLine: string): boolean =>
  /\.(jsonl|ndjson|json)$/i.test(file) || (!/\.txt$/i.test(file) && firstLine.trimStart().startsWith("{"));

/** The prompt that a line of JSONL holds. */
export function promptOfLine(line: InputLine): ReadPrompt {
  const object = parseObject(line);
  const { where } = line;
  const key = ["prompt", "query", "text", "messages"].find((name) => object[name] !== undefined);
  const refuse = (what: string): never => {
    throw new CliError("usage", `${where} ${what}`);
  };
  if (key === undefined) return refuse('has no prompt: expected {"prompt": …}, with text or a conversation');
  const value = object[key];
  if (Array.isArray(value) && (key === "prompt" || key === "messages")) return { prompt: parseConversation(line, key), where };
  if (typeof value !== "string") return refuse(`holds ${describe(value)} as "${key}": expected text`);
  if (value === "") return refuse(`holds an empty "${key}": expected some text`);
  const column = ["tools", "documents", "chat_template_kwargs"].find((name) => !isEmpty(object[name]));
  if (column !== undefined)
    return refuse(`holds "${column}", which only a conversation has: give "${key}" as [{"role": …, "content": …}, …]`);
  return { prompt: value, where };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
