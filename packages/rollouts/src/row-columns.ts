import type { ScoreRequest } from "@cai/contracts";

/**
 * The columns of rows as a reward model is told them: each over all rows, undefined where a row lacks it; nothing where no row has any.
 *
 * @example
 * const { columns } = rowColumns([{ columns: { expected: "4" } }, {}]);
 * console.log(columns?.expected?.[0]); // 4
 */
export function rowColumns(rows: readonly { readonly columns?: Readonly<Record<string, unknown>> }[]): Pick<ScoreRequest, "columns"> {
  const names = new Set(rows.flatMap(({ columns }) => Object.keys(columns ?? {})));
  if (names.size === 0) return {};
  return { columns: Object.fromEntries([...names].map((name) => [name, rows.map(({ columns }) => columns?.[name])])) };
}
