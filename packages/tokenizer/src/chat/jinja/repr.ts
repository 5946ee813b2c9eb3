import type { Meter } from "./meter.ts";
import { floatText, intText } from "./numbers.ts";
import { Dict, type PythonObject, Tuple, textOf, Undefined, type Value } from "./values.ts";

/** Python's `str`: what a template prints. */
export function textFrom(value: Value, meter: Meter): string {
  const text = textOf(value);
  if (text !== undefined) return text;
  return value instanceof Undefined ? "" : repr(value, meter);
}

/** Python's `repr`. */
export function repr(value: Value, meter: Meter): string {
  meter.spend(1);
  const text = reprOf(value, meter);
  meter.text(text.length);
  return text;
}

function reprOf(value: Value, meter: Meter): string {
  const inner = (item: Value) => repr(item, meter);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") {
    meter.int(value);
    return intText(value);
  }
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return quoted(value, meter);
  if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
  if (value instanceof Tuple) return `(${value.items.map(inner).join(", ")}${value.items.length === 1 ? "," : ""})`;
  if (value instanceof Dict) return `{${Array.from(value.entries(), ([key, item]) => `${inner(key)}: ${inner(item)}`).join(", ")}}`;
  return (value as PythonObject).repr(inner);
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** Text as Python quotes it: in single quotes, unless it holds such ones and no double ones. */
function quoted(text: string, meter: Meter): string {
  meter.text(text.length);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\p{C}\p{Z}]/gu, (character) =>
    character === " " ? " " : (named[character] ?? escapeSequence(character)),
  );
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}

function escapeSequence(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}
