import { typeError, valueError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { floatText, intText } from "./numbers.ts";
import { compareText } from "./text.ts";
import { Dict, Tuple, textOf, typeName, type Value } from "./values.ts";

/** The options of Python's `json.dumps` that the filter tojson of chat templates has. */
export interface JsonOptions {
  readonly ensureAscii: boolean;
  /** What a level is indented by; undefined for everything on one line. */
  readonly indent: string | undefined;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly sortKeys: boolean;
}

/** A value as Python's `json.dumps` writes it. */
export function toJson(value: Value, options: JsonOptions, meter: Meter): string {
  return jsonOf(value, options, options.indent === undefined ? undefined : "\n", meter);
}

function jsonOf(value: Value, options: JsonOptions, newline: string | undefined, meter: Meter): string {
  meter.spend(1);
  const scalar = scalarJson(value, options, meter);
  if (scalar !== undefined) return scalar;
  const inner = newline === undefined ? undefined : newline + options.indent!;
  const within = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    const text = open + (inner ?? "") + parts.join(options.itemSeparator + (inner ?? "")) + (newline ?? "") + close;
    meter.text(text.length);
    return text;
  };
  if (Array.isArray(value) || value instanceof Tuple) {
    const items = Array.isArray(value) ? value : value.items;
    return within(
      "[",
      items.map((item) => jsonOf(item, options, inner, meter)),
      "]",
    );
  }
  if (!(value instanceof Dict)) throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
  const entries = options.sortKeys ? sorted(value, meter) : [...value.entries()];
  const parts = entries.map(([key, item]) => keyJson(key, options, meter) + options.keySeparator + jsonOf(item, options, inner, meter));
  return within("{", parts, "}");
}

function scalarJson(value: Value, options: JsonOptions, meter: Meter): string | undefined {
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") {
    meter.int(value);
    return intText(value);
  }
  if (typeof value === "number") return jsonFloat(value);
  const text = textOf(value);
  return text === undefined ? undefined : jsonText(text, options, meter);
}

const jsonFloat = (value: number): string =>
  Number.isFinite(value) ? floatText(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

function jsonText(text: string, { ensureAscii }: JsonOptions, meter: Meter): string {
  meter.text(text.length);
  // JSON.stringify escapes lone surrogates, which Python keeps; no other character differs.
  const json = JSON.stringify(text);
  if (!ensureAscii) return json;
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function keyJson(key: Value, options: JsonOptions, meter: Meter): string {
  const scalar = scalarJson(key, options, meter);
  if (scalar === undefined) throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
  return textOf(key) === undefined ? `"${scalar}"` : scalar;
}

function sorted(dict: Dict, meter: Meter): [Value, Value][] {
  const entries = [...dict.entries()];
  const texts = entries.map(([key]) => textOf(key));
  if (texts.includes(undefined) && entries.length > 1) {
    if (entries.every(([key]) => typeof key === "bigint")) return entries.sort(([a], [b]) => ((a as bigint) < (b as bigint) ? -1 : 1));
    throw valueError("tojson can only sort keys that are all text, or all ints");
  }
  return entries.sort(([a], [b]) => compareText(textOf(a)!, textOf(b)!, meter));
}
