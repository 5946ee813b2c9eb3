import type { PreferencePair } from "@cai/preference";
import { CliError } from "./error.ts";
import { parseMessages } from "./parse-conversation.ts";
import type { ReadRow } from "./read-examples.ts";
import { describe, type InputLine, parseObject, readInputLines } from "./read-lines.ts";

/**
 * Pairs of answers from a file, or from standard input for `-`, in TRL's forms: JSONL with `chosen` and `rejected`, and with `prompt` unless
 * both begin with it, all text or all conversations; `margin` and `probability` where a row has them. Blank lines are passed over. Rows of
 * conversations may have `tools`, `documents` and `chat_template_kwargs`.
 *
 * @throws CliError `usage`, naming file and line
 */
export async function readPairs(file: string): Promise<ReadRow<PreferencePair>[]> {
  return (await readInputLines(file)).map((line) => ({ row: pairOfLine(line), where: line.where }));
}

function pairOfLine(line: InputLine): PreferencePair {
  const object = parseObject(line);
  const refuse = (what: string): never => {
    throw new CliError("usage", `${line.where} ${what}`);
  };
  const has = (key: string) => object[key] !== undefined && object[key] !== null;
  if (!has("chosen") || !has("rejected")) return refuse('has no pair: expected {"prompt": …, "chosen": …, "rejected": …}');
  const numberOf = (key: string) => {
    const value = object[key];
    return typeof value === "number" ? value : refuse(`holds ${describe(value)} as "${key}": expected a number`);
  };
  const keys = ["prompt", "chosen", "rejected"].filter(has);
  const label = Object.fromEntries(["margin", "probability"].filter(has).map((key) => [key, numberOf(key)]));
  if (keys.every((key) => Array.isArray(object[key]))) {
    const { messagesOf, columns } = parseMessages(line);
    const prompt = has("prompt") && { prompt: messagesOf("prompt") };
    return { ...prompt, chosen: messagesOf("chosen"), rejected: messagesOf("rejected"), ...columns, ...label };
  }
  const textOf = (key: string) => {
    const value = object[key];
    return typeof value === "string"
      ? value
      : refuse(`holds ${describe(value)} as "${key}": expected all of ${keys.join(", ")} as text, or as conversations`);
  };
  return { ...(has("prompt") && { prompt: textOf("prompt") }), chosen: textOf("chosen"), rejected: textOf("rejected"), ...label };
}
