import type { ChatMessage } from "@cai/contracts";
import { type ReadOptions, type ReadRows, readRows } from "./read-rows.ts";
import type { TemplateColumns } from "./row-columns.ts";
import { type Conversation, type RowForm, templateColumns } from "./row-form.ts";

/** An example to learn from, as supervised fine-tuning takes it. */
export type ExampleRow =
  | { readonly text: string }
  | { readonly prompt: string; readonly completion: string }
  | ({ readonly prompt: readonly ChatMessage[]; readonly completion: readonly ChatMessage[] } & TemplateColumns)
  | Conversation;

/**
 * Examples in TRL's forms: `prompt` and `completion`, both text or both conversations, `messages`, or `text`, the first of them that a row has.
 * Rows of conversations may have `tools`, `documents` and `chat_template_kwargs`. Of plain text each line is an example.
 */
export const exampleForm: RowForm<ExampleRow> = {
  columns: ["prompt", "completion", "messages", "text", ...templateColumns],
  ofText: (text) => ({ text }),
  ofColumns(row) {
    if (row.has("prompt") && row.has("completion")) {
      const isConversation = Array.isArray(row.value("prompt"));
      if (isConversation !== Array.isArray(row.value("completion")))
        return row.refuse('holds a conversation and a text: expected "prompt" and "completion" of one kind');
      if (!isConversation) return { prompt: row.text("prompt"), completion: row.text("completion") };
      return { prompt: row.messages("prompt"), completion: row.messages("completion"), ...row.templateColumns() };
    }
    if (row.has("messages")) return { messages: row.messages("messages"), ...row.templateColumns() };
    if (row.has("text")) return { text: row.text("text") };
    return row.refuse('has no example: expected {"prompt": …, "completion": …}, {"messages": …} or {"text": …}');
  },
};

/**
 * Examples from a file, or from standard input for `-`, see `exampleForm` and `streamRows`.
 *
 * @throws DataError naming file and line
 * @example
 * await writeRows("examples.jsonl", [{ prompt: "2 + 2 =", completion: " 4" }]);
 * const { rows } = await readExamples("examples.jsonl");
 * console.log(rows.map(({ row }) => row)); // [ { prompt: '2 + 2 =', completion: ' 4' } ]
 */
export function readExamples(file: string, options?: ReadOptions): Promise<ReadRows<ExampleRow>> {
  return readRows(file, exampleForm, options);
}
