import { wholeFiles } from "@cai/whole-file";
import { DataError } from "./error.ts";
import { formatPythonJson } from "./format-python-json.ts";
import type { Columns } from "./raw-row.ts";
import type { LabelledCompletion } from "./read-completions.ts";
import type { ExampleRow } from "./read-examples.ts";
import type { PairRow } from "./read-pairs.ts";
import type { PromptRow } from "./read-prompts.ts";
import { type Conversation, templateColumns } from "./row-form.ts";

/** A row in one of the forms that are read, or with columns of other names. */
export type WritableRow = PromptRow | ExampleRow | PairRow | LabelledCompletion | Readonly<Record<string, unknown>>;

/** What was written. */
export interface WrittenRows {
  readonly rows: number;
  readonly byteLength: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

/** Known columns come in this order, others behind them by their names. */
const order = ["prompt", "completion", "label", "chosen", "rejected", "margin", "probability", "messages", "text", ...templateColumns];

const files = wholeFiles(DataError);
const pieceLength = 2 ** 16;

/**
 * Writes rows as JSONL that `readPrompts`, `readExamples`, `readPairs` or `readCompletions` read as the same rows, and TRL as it reads such files.
 * The file is there whole or not at all. The same rows give the same bytes, whatever order their columns have.
 *
 * @param rows asked for as they are written, so that they need not be in memory.
 * @throws DataError `bad-row` for a row that JSON can't hold, `cannot-write`
 * @example
 * const { rows } = await writeRows("answers.jsonl", [{ chosen: " 4", rejected: " 5", prompt: "2 + 2 =" }]);
 * console.log(rows, await readText("answers.jsonl")); // 1 {"prompt":"2 + 2 =","chosen":" 4","rejected":" 5"}
 */
export async function writeRows(file: string, rows: Iterable<WritableRow> | AsyncIterable<WritableRow>): Promise<WrittenRows> {
  let count = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let piece = "";
    for await (const row of rows) {
      count++;
      piece += `${formatRow(row, `row ${count}`)}\n`;
      if (piece.length < pieceLength) continue;
      yield Buffer.from(piece);
      piece = "";
    }
    yield Buffer.from(piece);
  }
  const { byteLength, sha256 } = await files.writePieces(file, pieces());
  return { rows: count, byteLength, sha256 };
}

function formatRow(row: WritableRow, where: string): string {
  const { prompt, chatTemplateKwargs, ...others } = row as Readonly<Record<string, unknown>>;
  const columns: Columns = {
    ...others,
    ...(isConversation(prompt) ? columnsOf(prompt) : { prompt }),
    ...(chatTemplateKwargs !== undefined && { chat_template_kwargs: chatTemplateKwargs }),
  };
  const names = Object.keys(columns).toSorted((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  try {
    return formatPythonJson(new Map(names.map((name) => [name, columns[name]])));
  } catch (cause) {
    if (!DataError.isInstance(cause)) throw cause;
    throw new DataError("bad-row", `${where}: ${cause.message}`, { cause });
  }
}

const isConversation = (prompt: unknown): prompt is Conversation => typeof prompt === "object" && prompt !== null && "messages" in prompt;

/** A prompt that is a conversation brings the columns of its template: they stand beside it. */
function columnsOf({ messages, chatTemplateKwargs, ...others }: Conversation) {
  return { prompt: messages, ...others, chat_template_kwargs: chatTemplateKwargs };
}

function placeOf(name: string): number {
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
}
