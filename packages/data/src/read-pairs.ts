import type { ChatMessage } from "@cai/contracts";
import { DataError } from "./error.ts";
import { pairsOfCompletions } from "./pairs-of-completions.ts";
import { completionForm, completionOf, completionWanted, type LabelledCompletion } from "./read-completions.ts";
import { type ReadOptions, type ReadRow, type ReadRows, readRows } from "./read-rows.ts";
import type { RowColumns, TemplateColumns } from "./row-columns.ts";
import { type RowForm, templateColumns } from "./row-form.ts";

/** What is known of a pair beside its answers. */
interface PairLabel {
  /** By how much the chosen answer is to beat the other: in the unit of rewards. */
  readonly margin?: number;
  /** That the chosen answer is the better one, from 0 to 1. */
  readonly probability?: number;
}

/** Two answers to one prompt. Without a prompt it is what both answers begin with. */
export type PairRow =
  | ({ readonly prompt?: string; readonly chosen: string; readonly rejected: string } & PairLabel)
  | ({
      readonly prompt?: readonly ChatMessage[];
      readonly chosen: readonly ChatMessage[];
      readonly rejected: readonly ChatMessage[];
    } & TemplateColumns &
      PairLabel);

const columns = ["prompt", "chosen", "rejected", "margin", "probability", ...templateColumns];

/**
 * Pairs of answers in TRL's forms: `chosen` and `rejected`, and `prompt` unless both begin with it, all text or all conversations; `margin` and
 * `probability` where a row has them. Rows of conversations may have `tools`, `documents` and `chat_template_kwargs`.
 */
export const pairForm: RowForm<PairRow> = {
  columns,
  ofColumns: (row) => (isPair(row) ? pairOf(row) : row.refuse(`has no pair: expected ${pairWanted}`)),
};

const pairWanted = '{"prompt": …, "chosen": …, "rejected": …}';

const eitherForm: RowForm<PairRow | LabelledCompletion> = {
  columns: [...columns, ...completionForm.columns],
  ofColumns(row) {
    if (isPair(row)) return pairOf(row);
    if (row.has("prompt") && row.has("completion") && row.has("label")) return completionOf(row);
    return row.refuse(`has no pair: expected ${pairWanted} or ${completionWanted}`);
  },
};

/** The pairs of a whole file. */
export interface ReadPairs extends ReadRows<PairRow> {
  /** Labelled completions that make no pair: their prompt has none of the other label. */
  readonly unpaired: readonly ReadRow<LabelledCompletion>[];
}

/**
 * Pairs from a file, or from standard input for `-`, see `pairForm` and `streamRows`. A file may hold labelled completions too: pairs are made of
 * them, behind the others, by `pairsOfCompletions`; `where` names both of their rows.
 *
 * @throws DataError naming file and line
 * @example
 * await writeRows("pairs.jsonl", [{ prompt: "2 + 2 =", chosen: " 4", rejected: " 5", probability: 0.9 }]);
 * const { rows } = await readPairs("pairs.jsonl");
 * console.log(rows[0]?.row.probability); // 0.9
 */
export async function readPairs(file: string, options?: ReadOptions): Promise<ReadPairs> {
  const { rows, skipped } = await readRows(file, eitherForm, options);
  const completions = rows.filter((row): row is ReadRow<LabelledCompletion> => "completion" in row.row);
  const { pairs, unpaired } = pairsOfCompletions(completions.map(({ row }) => row));
  if (completions.length === rows.length && pairs.length === 0)
    throw new DataError("bad-file", `${file} makes no pair: no prompt has one completion labelled true and another labelled false`);
  const made = pairs.map(({ pair, chosen, rejected }) => ({
    row: pair,
    where: `${completions[chosen]!.where} and ${completions[rejected]!.where}`,
  }));
  return {
    rows: [...rows.filter((row): row is ReadRow<PairRow> => "chosen" in row.row), ...made],
    skipped,
    unpaired: unpaired.map((place) => completions[place]!),
  };
}

const isPair = (row: RowColumns): boolean => row.has("chosen") && row.has("rejected");

function pairOf(row: RowColumns): PairRow {
  const keys = ["prompt", "chosen", "rejected"].filter((name) => row.has(name));
  const label = Object.fromEntries(["margin", "probability"].filter((name) => row.has(name)).map((name) => [name, row.number(name)]));
  const hasPrompt = row.has("prompt");
  if (keys.every((name) => Array.isArray(row.value(name)))) {
    const prompt = hasPrompt && { prompt: row.messages("prompt") };
    return { ...prompt, chosen: row.messages("chosen"), rejected: row.messages("rejected"), ...row.templateColumns(), ...label };
  }
  const textOf = (name: string) => row.text(name, `all of ${keys.join(", ")} as text, or as conversations`);
  return { ...(hasPrompt && { prompt: textOf("prompt") }), chosen: textOf("chosen"), rejected: textOf("rejected"), ...label };
}
