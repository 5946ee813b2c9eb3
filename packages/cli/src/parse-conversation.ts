import type { ChatMessage } from "@cai/contracts";
import type { Conversation } from "@cai/trainer";
import { CliError } from "./error.ts";
import { parsePythonJson } from "./parse-python-json.ts";
import { describe, type InputLine } from "./read-lines.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * The conversation of a row as TRL has it: the messages of `prompt`, or those of `messages` without the assistant's last turn, which is
 * the answer there; with its columns for the template. Whatever the messages hold beside role and content reaches the template.
 *
 * @throws CliError `usage`, naming file and line
 */
export function parseConversation(line: InputLine, key: "prompt" | "messages"): Conversation {
  const { messagesOf, columns } = parseMessages(line);
  const all = messagesOf(key);
  const messages = key === "messages" && all.at(-1)?.role === "assistant" ? all.slice(0, -1) : all;
  if (messages.length === 0) throw emptyConversation(line, key);
  return { messages, ...columns };
}

/**
 * A row with messages, read as Python reads it: those of a key, one at least, and the columns that the chat template is given beside them,
 * `tools` (a list, or one as JSON text), `documents` and `chat_template_kwargs`.
 *
 * @throws CliError `usage`, naming file and line
 */
export function parseMessages(line: InputLine): {
  readonly messagesOf: (key: string) => readonly ChatMessage[];
  readonly columns: Omit<Conversation, "messages">;
} {
  const refuse = (what: string): never => {
    throw new CliError("usage", `${line.where} ${what}`);
  };
  const row = parseRow(line.text) ?? refuse("is nested too deeply");
  const messagesOf = (key: string) => {
    const messages = row[key];
    if (!Array.isArray(messages) || !messages.every(isMessage)) {
      const wanted = '[{"role": …, "content": …}, …], the role text, the content text or a list of parts';
      return refuse(`holds a "${key}" that is no conversation: expected ${wanted}`);
    }
    if (messages.length === 0) throw emptyConversation(line, key);
    return messages;
  };
  return { messagesOf, columns: columnsOf(row, refuse) };
}

const emptyConversation = ({ where }: InputLine, key: string) => new CliError("usage", `${where} holds an empty conversation in "${key}"`);

function columnsOf(row: Row, refuse: (what: string) => never): Omit<Conversation, "messages"> {
  const tools = objectsOf(fromJsonText(row.tools), "tools", refuse);
  const documents = objectsOf(row.documents, "documents", refuse);
  const kwargs = row.chat_template_kwargs ?? undefined;
  if (kwargs !== undefined && !isObject(kwargs)) {
    return refuse(`holds ${describe(kwargs)} as "chat_template_kwargs": expected an object of the template's variables`);
  }
  return { ...(tools && { tools }), ...(documents && { documents }), ...(kwargs && { chatTemplateKwargs: kwargs }) };
}

/** Undefined where it is nested deeper than can be read. */
function parseRow(text: string): Row | undefined {
  try {
    return parsePythonJson(text) as Row;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const isObject = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** A turn without content says something else: that it calls tools, say. */
function isMessage(value: unknown): value is ChatMessage {
  if (!isObject(value) || typeof value.role !== "string") return false;
  const { content } = value;
  if (content === undefined || content === null) return Object.keys(value).some((key) => key !== "role" && key !== "content");
  return typeof content === "string" || (Array.isArray(content) && content.every(isObject));
}

function fromJsonText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    JSON.parse(value);
  } catch {
    return value;
  }
  return parsePythonJson(value);
}

function objectsOf(value: unknown, name: string, refuse: (what: string) => never): readonly Row[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every(isObject)) return value;
  return refuse(`holds ${describe(value)} as "${name}": expected a list of objects`);
}
