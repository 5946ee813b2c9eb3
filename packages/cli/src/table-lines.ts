/** Rows as aligned columns, two blanks apart; the first row has the headings. Columns in which no row has anything are left out. */
export function tableLines(rows: readonly (readonly string[])[], { right }: { readonly right: readonly string[] }): string[] {
  const [headings = [], ...body] = rows;
  const columns = headings.map((heading, i) => ({
    i,
    toRight: right.includes(heading),
    width: Math.max(...rows.map((row) => row[i]!.length)),
    isEmpty: body.every((row) => row[i] === ""),
  }));
  const shown = columns.filter(({ isEmpty }) => !isEmpty);
  return rows.map((row) =>
    shown
      .map(({ i, toRight, width }) => (toRight ? row[i]!.padStart(width) : row[i]!.padEnd(width)))
      .join("  ")
      .trimEnd(),
  );
}
