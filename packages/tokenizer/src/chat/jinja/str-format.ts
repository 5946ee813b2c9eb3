import { getAttribute, getItem } from "./attributes.ts";
import { JinjaError, unsupported, valueError } from "./error.ts";
import { formatFloat, formatInt, formatText, parseFormatSpec, refuseSpec } from "./format-spec.ts";
import type { Meter } from "./meter.ts";
import { repr, textFrom } from "./repr.ts";
import { type Arguments, textOf, typeName, type Value } from "./values.ts";

/** What taking a format apart takes. */
const stepsOfField = 20;

/** Where a call is in its format: fields without a number count up, also those within a spec. */
interface Progress {
  readonly args: Arguments;
  readonly meter: Meter;
  next: number | undefined;
}

/** Python's `format.format(…)`. */
export function formatWith(format: string, args: Arguments, meter: Meter): string {
  const text = fill(format, { args, meter, next: 0 }, 2);
  meter.text(text.length);
  return text;
}

function fill(format: string, progress: Progress, depth: number): string {
  if (depth < 0) throw valueError("Max string recursion exceeded");
  progress.meter.text(format.length);
  progress.meter.spend(stepsOfField);
  let text = "";
  let position = 0;
  while (position < format.length) {
    const character = format[position]!;
    if (character !== "{" && character !== "}") {
      const end = format.slice(position).search(/[{}]/);
      const stop = end < 0 ? format.length : position + end;
      text += format.slice(position, stop);
      position = stop;
    } else if (format[position + 1] === character) {
      text += character;
      position += 2;
    } else if (character === "}") {
      throw valueError("Single '}' encountered in format string");
    } else {
      const end = closing(format, position);
      text += field(format.slice(position + 1, end), progress, depth);
      position = end + 1;
    }
  }
  return text;
}

function closing(format: string, start: number): number {
  let open = 0;
  for (let position = start; position < format.length; position++) {
    if (format[position] === "{") open++;
    if (format[position] === "}" && --open === 0) return position;
  }
  throw valueError(start + 1 < format.length ? "expected '}' before end of string" : "Single '{' encountered in format string");
}

/** `name!conversion:spec`. */
function field(text: string, progress: Progress, depth: number): string {
  const [, name = "", conversion, spec = ""] = /^((?:[^[\]!:{}]|\[[^\]]*\])*)(?:!(.))?(?::(.*))?$/su.exec(text) ?? refuseField(text);
  const { meter } = progress;
  const value = fieldValue(name, progress);
  const filled = fill(spec, progress, depth - 1);
  if (conversion === "r") return formatText(repr(value, meter), parseFormatSpec(filled), meter);
  if (conversion === "s") return formatText(textFrom(value, meter), parseFormatSpec(filled), meter);
  if (conversion === "a") throw unsupported("the conversion !a");
  if (conversion !== undefined) throw valueError(`Unknown conversion specifier ${conversion}`);
  return formatted(value, filled, meter);
}

const refuseField = (text: string): never => {
  throw valueError(`"{${text}}" is no replacement field`);
};

function fieldValue(name: string, progress: Progress): Value {
  const { args, meter } = progress;
  const [, first = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(name)!;
  let value = argument(first, progress, args);
  const path = [...rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/gs)];
  if (path.map(([part]) => part).join("") !== rest) throw valueError("Empty attribute in format string");
  for (const [, attribute, key] of path) {
    if (attribute !== undefined) value = getAttribute(value, attribute, meter);
    else value = getItem(value, /^\d+$/.test(key!) ? BigInt(key!) : key!, meter);
  }
  return value;
}

function argument(name: string, progress: Progress, args: Arguments): Value {
  if (name !== "" && !/^\d+$/.test(name)) {
    const value = args.named.get(name);
    if (value === undefined) throw new JinjaError("KeyError", `'${name}'`);
    return value;
  }
  const counts = name === "";
  if (counts && progress.next === undefined) {
    throw valueError("cannot switch from manual field specification to automatic field numbering");
  }
  if (!counts && progress.next) throw valueError("cannot switch from automatic field numbering to manual field specification");
  const index = counts ? progress.next! : Number(name);
  progress.next = counts ? index + 1 : undefined;
  const value = args.positional[index];
  if (value === undefined) throw new JinjaError("IndexError", "Replacement index out of range for positional args tuple");
  return value;
}

function formatted(value: Value, spec: string, meter: Meter): string {
  const text = textOf(value);
  if (text !== undefined) return formatText(text, parseFormatSpec(spec), meter);
  if (spec !== "" && typeof value === "bigint") return formatInt(value, parseFormatSpec(spec), meter);
  if (spec !== "" && typeof value === "number") return formatFloat(value, parseFormatSpec(spec), meter);
  if (spec !== "" && typeof value === "boolean") return formatInt(value ? 1n : 0n, parseFormatSpec(spec), meter);
  refuseSpec(spec, typeName(value));
  return textFrom(value, meter);
}
