import { DataError } from "./error.ts";
import { openInput } from "./input.ts";
import { lineRows } from "./line-rows.ts";
import { isParquet, parquetRows } from "./parquet-rows.ts";
import { type RowForm, rowOf } from "./row-form.ts";

/** A row of a file of data, and where it stands. */
export interface ReadRow<Row> {
  readonly row: Row;
  /** `data.jsonl:3`, or of Parquet `data.parquet row 3`, for messages. */
  readonly where: string;
}

/** A row that was passed over. */
export interface SkippedRow {
  readonly where: string;
  /** Why, as the error says that it would have been: `data.jsonl:3 is not JSON: …`. */
  readonly message: string;
}

export interface ReadOptions {
  /** Passes over rows that can't be read, instead of ending at the first. Default: false. */
  readonly skipBadRows?: boolean;
  /** Called for each row that is passed over, when it is met. */
  readonly onSkipped?: (row: SkippedRow) => void;
}

/** The rows that were passed over. */
export interface SkippedRows {
  readonly count: number;
  /** The first of them, five at most. */
  readonly first: readonly SkippedRow[];
}

/** The rows of a whole file. */
export interface ReadRows<Row> {
  readonly rows: readonly ReadRow<Row>[];
  readonly skipped: SkippedRows;
}

const toldInFull = 5;

/**
 * The rows of a file, or of standard input for `-`, one after another: JSONL, plain text or Parquet, which is told by its first bytes. Of a text
 * a line is in memory, of Parquet a row group. Ending the loop early closes the file.
 *
 * @throws DataError `bad-row` for the first row that can't be read, or with `skipBadRows` `bad-file` where none can; `bad-file` for a file that
 * is empty, cut short or in UTF-16; `cannot-read`
 * @example
 * await writeRows("texts.jsonl", [{ text: "Once." }, { text: "Twice." }]);
 * let letters = 0;
 * for await (const { row } of streamRows("texts.jsonl", exampleForm)) if ("text" in row) letters += row.text.length;
 * console.log(letters); // 11
 */
export async function* streamRows<Row>(
  file: string,
  form: RowForm<Row>,
  { skipBadRows = false, onSkipped }: ReadOptions = {},
): AsyncGenerator<ReadRow<Row>> {
  const input = await openInput(file);
  let read = 0;
  let skipped = 0;
  let first: DataError | undefined;
  try {
    const rows = isParquet(input) ? parquetRows(input, form.columns) : lineRows(input, { plain: form.ofText !== undefined });
    for await (const raw of rows) {
      let row: Row;
      try {
        row = rowOf(form, raw);
      } catch (error) {
        if (!skipBadRows || !DataError.isInstance(error) || error.code !== "bad-row") throw error;
        first ??= error;
        skipped++;
        onSkipped?.({ where: raw.where, message: error.message });
        continue;
      }
      read++;
      yield { row, where: raw.where };
    }
  } finally {
    await input.close();
  }
  if (read > 0) return;
  if (first === undefined) throw new DataError("bad-file", `${input.name} is empty: expected a line at least`);
  throw new DataError("bad-file", `none of the ${skipped} rows of ${input.name} can be read: ${first.message}`, { cause: first });
}

/**
 * All rows of a file, see `streamRows`.
 *
 * @example
 * await writeRows("mixed.jsonl", [{ prompt: "Why?" }, { story: "Once." }]);
 * const { rows, skipped } = await readRows("mixed.jsonl", promptForm, { skipBadRows: true });
 * console.log(rows.length, skipped.count, skipped.first[0]?.where); // 1 1 mixed.jsonl:2
 */
export async function readRows<Row>(file: string, form: RowForm<Row>, options: ReadOptions = {}): Promise<ReadRows<Row>> {
  const rows: ReadRow<Row>[] = [];
  const first: SkippedRow[] = [];
  let count = 0;
  const onSkipped = (row: SkippedRow) => {
    count++;
    if (first.length < toldInFull) first.push(row);
    options.onSkipped?.(row);
  };
  for await (const row of streamRows(file, form, { ...options, onSkipped })) rows.push(row);
  return { rows, skipped: { count, first } };
}
