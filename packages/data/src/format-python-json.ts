import { PythonFloat } from "@cai/contracts";
import { DataError } from "./error.ts";

/**
 * JSON that `parsePythonJson` reads as the same value: floats keep their point, bigints are ints, Maps are objects whose keys keep their places.
 * An object's keys come in its own order; what is undefined is left out.
 *
 * @throws DataError `bad-row` for what JSON has no way to write: NaN, infinities, functions, instances of other classes
 */
export function formatPythonJson(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return String(value);
    case "number":
      return formatNumber(value);
    case "object":
      return formatObject(value);
    default:
      throw new DataError("bad-row", `a ${typeof value} can't be written as JSON: give plain data`);
  }
}

/** Whole numbers are ints where they are exact, as a chat template has them; -0 and others are floats. */
const formatNumber = (value: number): string => (Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : formatFloat(value));

function formatObject(value: object | null): string {
  if (value === null) return "null";
  if (value instanceof PythonFloat) return formatFloat(value.value);
  if (Array.isArray(value)) return `[${value.map((item) => formatPythonJson(item ?? null)).join(",")}]`;
  if (value instanceof Map) return formatEntries(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new DataError("bad-row", `an instance of ${value.constructor.name} can't be written as JSON: give plain data`);
  return formatEntries(Object.entries(value));
}

/** With a point or an exponent, by which it is told from an int. */
function formatFloat(value: number): string {
  if (!Number.isFinite(value)) throw new DataError("bad-row", `${value} can't be written as JSON: give a finite number`);
  const digits = Object.is(value, -0) ? "-0" : String(value);
  return /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
}

function formatEntries(entries: Iterable<readonly [unknown, unknown]>): string {
  const kept = Array.from(entries).filter(([, item]) => item !== undefined);
  return `{${kept.map(([key, item]) => `${JSON.stringify(String(key))}:${formatPythonJson(item)}`).join(",")}}`;
}
