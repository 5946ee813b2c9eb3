import { padLeft, padRight, widthOf } from "./text-width.ts";

/** Rows as aligned columns, two blanks apart; the first row has the headings. Columns in which no row has anything are left out. */
export function tableLines(rows: readonly (readonly string[])[], { right }: { readonly right: readonly string[] }): string[] {
  const [headings = [], ...body] = rows;
  const columns = headings.map((heading, i) => ({
    i,
    toRight: right.includes(heading),
    width: Math.max(...rows.map((row) => widthOf(row[i]!))),
    isEmpty: body.every((row) => row[i] === ""),
  }));
  const shown = columns.filter(({ isEmpty }) => !isEmpty);
  return rows.map((row) =>
    shown
      .map(({ i, toRight, width }) => (toRight ? padLeft : padRight)(row[i]!, width))
      .join("  ")
      .trimEnd(),
  );
}
