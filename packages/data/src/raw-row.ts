/** Columns of a row by name. */
export type Columns = Readonly<Record<string, unknown>>;

/** What a row holds before a form makes something of it: a line of plain text, or columns. */
export type RowContents =
  | { readonly text: string }
  | {
      readonly columns: Columns;
      /**
       * The same columns as Python reads them, for chat templates: a float stays one, an int keeps its digits, keys keep their places.
       *
       * @throws RangeError where the row is nested too deeply
       */
      readonly asPython: () => Columns;
    };

/** A row of a file, not yet read. */
export interface RawRow {
  /** `prompts.jsonl:3`, or of Parquet `prompts.parquet row 3`, for messages; both count from 1. */
  readonly where: string;
  /** @throws DataError `bad-row` where it can't be read */
  readonly contents: () => RowContents;
}
