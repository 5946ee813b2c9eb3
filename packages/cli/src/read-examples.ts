import type { SftExample } from "@cai/sft";
import { CliError } from "./error.ts";
import { parseMessages } from "./parse-conversation.ts";
import { describe, type InputLine, parseObject, readInputLines } from "./read-lines.ts";
import { isJsonLines } from "./read-prompts.ts";

/** A row of a file of data, and where it stands: `data.jsonl:3`. */
export interface ReadRow<Row> {
  readonly row: Row;
  readonly where: string;
}

/**
 * Examples from a file, or from standard input for `-`, in TRL's forms: JSONL with `prompt` and `completion`, both text or both
 * conversations, with `messages`, or with `text`, the first of them that a row has; or plain text, an example on each line. Blank lines are
 * passed over. Rows of conversations may have `tools`, `documents` and `chat_template_kwargs`.
 *
 * @throws CliError `usage`, naming file and line
 */
export async function readExamples(file: string): Promise<ReadRow<SftExample>[]> {
  const lines = await readInputLines(file);
  const isJson = isJsonLines(file, lines[0]!.text);
  return lines.map((line) => ({ row: isJson ? exampleOfLine(line) : { text: line.text }, where: line.where }));
}

function exampleOfLine(line: InputLine): SftExample {
  const object = parseObject(line);
  const refuse = (what: string): never => {
    throw new CliError("usage", `${line.where} ${what}`);
  };
  const has = (key: string) => object[key] !== undefined && object[key] !== null;
  const textOf = (key: string): string => {
    const value = object[key];
    return typeof value === "string" ? value : refuse(`holds ${describe(value)} as "${key}": expected text`);
  };
  if (has("prompt") && has("completion")) {
    const [prompt, completion] = [object.prompt, object.completion];
    if (Array.isArray(prompt) !== Array.isArray(completion))
      return refuse('holds a conversation and a text: expected "prompt" and "completion" of one kind');
    if (!Array.isArray(prompt)) return { prompt: textOf("prompt"), completion: textOf("completion") };
    const { messagesOf, columns } = parseMessages(line);
    return { prompt: messagesOf("prompt"), completion: messagesOf("completion"), ...columns };
  }
  if (has("messages")) {
    const { messagesOf, columns } = parseMessages(line);
    return { messages: messagesOf("messages"), ...columns };
  }
  if (has("text")) return { text: textOf("text") };
  return refuse('has no example: expected {"prompt": …, "completion": …}, {"messages": …} or {"text": …}');
}
