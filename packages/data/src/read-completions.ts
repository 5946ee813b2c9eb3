import type { ChatMessage } from "@cai/contracts";
import { type ReadOptions, type ReadRows, readRows } from "./read-rows.ts";
import type { RowColumns, TemplateColumns } from "./row-columns.ts";
import { type RowForm, templateColumns } from "./row-form.ts";

/** A completion of a prompt, and whether it is a good one. */
export type LabelledCompletion =
  | { readonly prompt: string; readonly completion: string; readonly label: boolean }
  | ({ readonly prompt: readonly ChatMessage[]; readonly completion: readonly ChatMessage[]; readonly label: boolean } & TemplateColumns);

/**
 * Labelled completions, TRL's "unpaired preference": `prompt` and `completion`, both text or both conversations, and `label`, true or false. Rows of
 * conversations may have `tools`, `documents` and `chat_template_kwargs`.
 */
export const completionForm: RowForm<LabelledCompletion> = {
  columns: ["prompt", "completion", "label", ...templateColumns],
  ofColumns(row) {
    const isWhole = ["prompt", "completion", "label"].every((name) => row.has(name));
    return isWhole ? completionOf(row) : row.refuse(`has no labelled completion: expected ${completionWanted}`);
  },
};

/** The form, for messages. */
export const completionWanted = '{"prompt": …, "completion": …, "label": …}';

/** The labelled completion of a row that has all its columns. */
export function completionOf(row: RowColumns): LabelledCompletion {
  const label = row.boolean("label");
  if (Array.isArray(row.value("prompt")) && Array.isArray(row.value("completion")))
    return { prompt: row.messages("prompt"), completion: row.messages("completion"), label, ...row.templateColumns() };
  const both = "both prompt and completion as text, or as conversations";
  return { prompt: row.text("prompt", both), completion: row.text("completion", both), label };
}

/**
 * Labelled completions from a file, or from standard input for `-`, see `completionForm` and `streamRows`. `pairsOfCompletions` makes pairs of them.
 *
 * @throws DataError naming file and line
 * @example
 * await writeRows("labelled.jsonl", [{ prompt: "2 + 2 =", completion: " 4", label: true }]);
 * const { rows } = await readCompletions("labelled.jsonl");
 * console.log(rows[0]?.row.label); // true
 */
export function readCompletions(file: string, options?: ReadOptions): Promise<ReadRows<LabelledCompletion>> {
  return readRows(file, completionForm, options);
}
