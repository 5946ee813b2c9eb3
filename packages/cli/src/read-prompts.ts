import type { ChatMessage } from "@cai/contracts";
import { CliError } from "./error.ts";
import { describe, type InputLine, parseObject, readInputLines } from "./read-lines.ts";

/** A prompt as it stands in a file: text to continue, or a conversation for the policy's chat template. */
export interface ReadPrompt {
  readonly prompt: string | readonly ChatMessage[];
  /** `prompts.jsonl:3`, for messages. */
  readonly where: string;
}

/**
 * Prompts from a file, or from standard input for `-`: JSONL, or plain text with a prompt on each line. Blank lines are passed over.
 *
 * JSONL holds an object a line with `prompt`, `query` or `text`, a string, or `prompt` or `messages`, a conversation of
 * `{ role, content }` (of `messages`, the assistant's last turn is left out). It is recognised by the name `.jsonl` or, where the name
 * does not end in `.txt`, by a first line that begins with `{`.
 *
 * @throws CliError `usage`, naming file and line
 */
export async function readPrompts(file: string): Promise<ReadPrompt[]> {
  const lines = await readInputLines(file);
  return isJsonLines(file, lines[0]!.text) ? lines.map(promptOfLine) : lines.map(({ text, where }) => ({ prompt: text, where }));
}

const isJsonLines = (file: string, firstLine: string): boolean =>
  /\.(jsonl|ndjson|json)$/i.test(file) || (!/\.txt$/i.test(file) && firstLine.trimStart().startsWith("{"));

function promptOfLine(line: InputLine): ReadPrompt {
  const object = parseObject(line);
  const key = ["prompt", "query", "text", "messages"].find((name) => object[name] !== undefined);
  const refuse = (what: string): never => {
    throw new CliError("usage", `${line.where} ${what}`);
  };
  if (key === undefined) return refuse('has no prompt: expected {"prompt": …}, with text or a conversation');
  const value = object[key];
  if (typeof value === "string") {
    return value === "" ? refuse(`holds an empty "${key}": expected some text`) : { prompt: value, where: line.where };
  }
  if (!Array.isArray(value) || key === "query" || key === "text") return refuse(`holds ${describe(value)} as "${key}": expected text`);
  if (!value.every(isMessage))
    return refuse(`holds a "${key}" that is no conversation: expected [{"role": …, "content": …}, …], both text`);
  const conversation = key === "messages" && value.at(-1)?.role === "assistant" ? value.slice(0, -1) : value;
  return conversation.length === 0 ? refuse(`holds an empty conversation in "${key}"`) : { prompt: conversation, where: line.where };
}

const isMessage = (value: unknown): value is ChatMessage => {
  const message = value as Partial<ChatMessage> | null;
  return typeof message?.role === "string" && typeof message.content === "string";
};
