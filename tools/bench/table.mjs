// @ts-check
/**
 * A table as rows of text: the first row is the header, the first column names the row and is aligned left, all others right.
 *
 * @typedef {readonly (readonly string[])[]} Rows
 */

/**
 * For the terminal: columns two spaces apart, a rule under the header.
 *
 * @param {Rows} rows
 * @example
 * textTable([["work", "s"], ["short", "4.10"]]);
 * // work      s
 * // ───────────
 * // short  4.10
 */
export function textTable(rows) {
  const widths = columnWidths(rows);
  const [header, ...body] = rows.map((row) => padded(row, widths).join("  ").trimEnd());
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1)));
  return [header, rule, ...body].join("\n");
}

/**
 * The same as Markdown.
 *
 * @param {Rows} rows
 */
export function markdownTable(rows) {
  const widths = columnWidths(rows).map((width) => Math.max(3, width));
  const [header, ...body] = rows.map((row) => `| ${padded(row, widths).join(" | ")} |`);
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [header, `| ${rule.join(" | ")} |`, ...body].join("\n");
}

/** @param {Rows} rows */
function columnWidths(rows) {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
}

/** @param {readonly string[]} row @param {readonly number[]} widths */
function padded(row, widths) {
  return widths.map((width, column) => (column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width)));
}
