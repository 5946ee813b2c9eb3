import type { ChatMessage } from "@cai/contracts";
import { DataError } from "./error.ts";
import { parseObject } from "./parse-object.ts";
import type { RawRow } from "./raw-row.ts";
import { RowColumns, type TemplateColumns } from "./row-columns.ts";

/** A conversation for a chat template, with its columns. */
export interface Conversation extends TemplateColumns {
  readonly messages: readonly ChatMessage[];
}

/** How a row of a file becomes a row of data. */
export interface RowForm<Row> {
  /** Columns that it may look at, or "all": a Parquet file's others are not read. */
  readonly columns: readonly string[] | "all";
  /** The row that a line of plain text is. Without it, text is JSONL whatever the file's name. */
  readonly ofText?: (line: string) => Row;
  /** The row that columns are; refuses what is none. */
  readonly ofColumns: (columns: RowColumns) => Row;
}

/** Columns that conversations have for their template. */
export const templateColumns: readonly string[] = ["tools", "documents", "chat_template_kwargs"];

/**
 * The row of one JSON object that stands by itself.
 *
 * @param where begins what is said of a row that is refused.
 * @throws DataError `bad-row`
 * @example
 * parseRow(promptForm, { text: '{"prompt": "Why?"}', where: "the request" }); // { prompt: "Why?" }
 */
export function parseRow<Row>(form: RowForm<Row>, { text, where }: { readonly text: string; readonly where: string }): Row {
  return rowOf(form, { where, contents: () => parseObject(text, where) });
}

/** @throws DataError `bad-row` */
export function rowOf<Row>({ ofText, ofColumns }: RowForm<Row>, row: RawRow): Row {
  const contents = row.contents();
  if ("columns" in contents) return ofColumns(new RowColumns(row, contents));
  if (ofText) return ofText(contents.text);
  throw new DataError("bad-row", `${row.where} is plain text: expected an object of JSON`);
}
