import { DataError } from "./error.ts";
import type { Input } from "./input.ts";
import { parseObject } from "./parse-object.ts";
import type { RawRow } from "./raw-row.ts";
import { readLines } from "./read-lines.ts";

/**
 * The rows of a text: JSONL, or where `plain` allows it plain text, a row on each line. Blank lines are passed over.
 *
 * JSONL is recognised by the name (`.jsonl`, `.ndjson`, `.json`) or, where the name does not end in `.txt`, by a first line that begins with
 * `{`.
 */
export async function* lineRows(input: Input, { plain }: { readonly plain: boolean }): AsyncGenerator<RawRow> {
  let isJson = plain ? isJsonName(input.name) : true;
  for await (const { where, text } of readLines(input)) {
    const line = decoded(text);
    if (typeof line === "string" && line.trim() === "") continue;
    if (typeof line === "string") isJson ??= line.trimStart().startsWith("{");
    const asJson = isJson;
    yield {
      where,
      contents() {
        if (typeof line !== "string") throw line;
        return asJson ? parseObject(line, where) : { text: line };
      },
    };
  }
}

/** Undefined where the first line has to tell. */
const isJsonName = (name: string): boolean | undefined =>
  /\.(jsonl|ndjson|json)$/i.test(name) || (/\.txt$/i.test(name) ? false : undefined);

function decoded(text: () => string): string | DataError {
  try {
    return text();
  } catch (error) {
    if (DataError.isInstance(error)) return error;
    throw error;
  }
}
