import { describeValue } from "./describe-value.ts";
import { DataError } from "./error.ts";
import { parsePythonJson } from "./parse-python-json.ts";
import type { Columns, RowContents } from "./raw-row.ts";

/**
 * The columns of a row of JSON.
 *
 * @throws DataError `bad-row` where it is no object
 */
export function parseObject(text: string, where: string): RowContents {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new DataError("bad-row", `${where} is not JSON: expected an object on each line`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new DataError("bad-row", `${where} holds ${describeValue(parsed)}: expected an object on each line`);
  return { columns: parsed as Columns, asPython: () => pythonColumns(text) };
}

/** Columns whose names look like numbers make a Map of a row too. */
function pythonColumns(text: string): Columns {
  const row = parsePythonJson(text);
  return row instanceof Map ? Object.fromEntries(row) : (row as Columns);
}
