import { PythonFloat } from "@cai/contracts";
import type { SchemaTree } from "hyparquet";
import { DataError } from "./error.ts";
import { dictOf, parsePythonJson } from "./parse-python-json.ts";
import type { Columns, RowContents } from "./raw-row.ts";

/**
 * A row of Parquet as the row of JSON would be that it was made of. A column, or a field of a struct, that is null is left out: it is so wherever
 * another row has it (TRL's `remove_none_values`). Cells that hold JSON are read as such, nulls included.
 *
 * @throws DataError `bad-row` for a cell that is to be JSON and is none
 */
export function columnsOfParquet(values: Columns, schema: SchemaTree, where: string): RowContents {
  try {
    return { columns: structOf(values, schema, asJson) as Columns, asPython: () => structOf(values, schema, asPython) as Columns };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new DataError("bad-row", `${where} holds a cell that is to be JSON and is none: ${cause.message}`, { cause });
  }
}

/** What becomes of values that JavaScript and Python have differently. */
interface ValueReader {
  number(value: number | bigint, node: SchemaTree): unknown;
  json(text: string): unknown;
  object(entries: readonly (readonly [string, unknown])[]): unknown;
}

const asJson: ValueReader = { number: Number, json: JSON.parse, object: Object.fromEntries };

const asPython: ValueReader = {
  /** An int keeps its digits, a float is one also where it is whole. */
  number(value, { element }) {
    if (typeof value === "bigint") return BigInt.asIntN(53, value) === value ? Number(value) : value;
    return element.type === "INT32" || !Number.isInteger(value) ? value : new PythonFloat(value);
  },
  json: parsePythonJson,
  object: dictOf,
};

function structOf(values: Columns, node: SchemaTree, read: ValueReader): unknown {
  const entries = node.children.map((child) => [child.element.name, cellOf(values[child.element.name], child, read)] as const);
  return read.object(entries.filter(([, value]) => value !== undefined && value !== null));
}

function cellOf(value: unknown, node: SchemaTree, read: ValueReader): unknown {
  const { converted_type } = node.element;
  if (typeof value === "bigint" || typeof value === "number") return read.number(value, node);
  if (typeof value === "string" && converted_type === "JSON") return read.json(value);
  if (Array.isArray(value)) return value.map((item) => cellOf(item, itemOf(node), read));
  if (!isPlain(value)) return value;
  const map = node.children[0];
  if (converted_type !== "MAP" || map === undefined) return structOf(value, node, read);
  return read.object(Object.entries(value).map(([key, item]) => [key, cellOf(item, map.children[1] ?? map, read)]));
}

const isPlain = (value: unknown): value is Columns =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A list holds a group "list" that holds its items; files of old writers hold them at once. */
function itemOf(node: SchemaTree): SchemaTree {
  const group = node.children[0];
  if (group === undefined) return node;
  const [item, other] = group.children;
  return item === undefined || other !== undefined ? group : item;
}
