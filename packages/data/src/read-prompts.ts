import { type ReadOptions, type ReadRows, readRows } from "./read-rows.ts";
import type { RowColumns } from "./row-columns.ts";
import { type Conversation, type RowForm, templateColumns } from "./row-form.ts";

/** A prompt as it stands in a file: text to continue, or a conversation for the policy's chat template. */
export interface PromptRow {
  readonly prompt: string | Conversation;
  /** The row's other columns, where they were asked for and there are any. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

const keys = ["prompt", "query", "text", "messages"];

/**
 * Prompts in TRL's forms: `prompt`, `query` or `text`, a string, or `prompt` or `messages`, a conversation; the first of them that a row has. Of
 * `messages` the assistant's last turn is left out, which is the answer there. Of plain text each line is a prompt.
 */
export const promptForm: RowForm<PromptRow> = {
  columns: [...keys, ...templateColumns],
  ofText: (prompt) => ({ prompt }),
  ofColumns(row) {
    const key = keyOf(row);
    if (key === undefined) return row.refuse('has no prompt: expected {"prompt": …}, with text or a conversation');
    if (Array.isArray(row.value(key)) && (key === "prompt" || key === "messages")) return { prompt: conversationOf(row, key) };
    const prompt = row.text(key);
    if (prompt === "") return row.refuse(`holds an empty "${key}": expected some text`);
    const column = templateColumns.find((name) => !isEmpty(row.value(name)));
    if (column === undefined) return { prompt };
    return row.refuse(`holds "${column}", which only a conversation has: give "${key}" as [{"role": …, "content": …}, …]`);
  },
};

/** Prompts with the row's other columns, such as `answer` or `expected`, which rewards may want to know. */
const taskForm: RowForm<PromptRow> = {
  ...promptForm,
  columns: "all",
  ofColumns(row) {
    const prompt = promptForm.ofColumns(row);
    const columns = row.others([keyOf(row)!, ...templateColumns]);
    return Object.keys(columns).length === 0 ? prompt : { ...prompt, columns };
  },
};

/**
 * Prompts from a file, or from standard input for `-`, see `promptForm` and `streamRows`. With `columns`, each with the row's other columns.
 *
 * @throws DataError naming file and line
 * @example
 * await writeRows("prompts.jsonl", [{ prompt: "Once upon a time" }]);
 * const { rows } = await readPrompts("prompts.jsonl");
 * console.log(rows[0]?.row.prompt, rows[0]?.where); // Once upon a time prompts.jsonl:1
 */
export function readPrompts(
  file: string,
  { columns = false, ...options }: ReadOptions & { readonly columns?: boolean } = {},
): Promise<ReadRows<PromptRow>> {
  return readRows(file, columns ? taskForm : promptForm, options);
}

function conversationOf(row: RowColumns, key: "prompt" | "messages"): Conversation {
  const all = row.messages(key);
  const messages = key === "messages" && all.at(-1)?.role === "assistant" ? all.slice(0, -1) : all;
  return { messages: messages.length > 0 ? messages : row.refuseEmpty(key), ...row.templateColumns() };
}

const keyOf = (row: RowColumns): string | undefined => keys.find((name) => row.value(name) !== undefined);

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
