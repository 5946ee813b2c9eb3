import { JinjaError, typeError, unsupported, valueError } from "./error.ts";
import { boundedNumber, characterOf, type FormatSpec, formatFloat, formatInt, formatText } from "./format-spec.ts";
import type { Meter } from "./meter.ts";
import { toFloat, toInt } from "./numbers.ts";
import { numberOf } from "./operators.ts";
import { repr, textFrom } from "./repr.ts";
import { intArgument } from "./signature.ts";
import { Dict, Markup, Tuple, textOf, typeName, Undefined, type Value } from "./values.ts";

const placeholder = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.?)/gsu;

const stepsOfPlaceholder = 20;

/** Python's `format % values`. */
export function percentFormat(left: Value, format: string, values: Value, meter: Meter): string {
  if (left instanceof Markup) throw unsupported("% on text that is marked as safe");
  const queue = values instanceof Tuple ? values.items : [values];
  let used = 0;
  const next = (): Value => {
    if (used >= queue.length) throw typeError("not enough arguments for format string");
    return queue[used++]!;
  };
  const starred = (text: string | undefined): number | undefined => {
    if (text !== "*") return text === undefined ? undefined : boundedNumber(text);
    const value = numberOf(next());
    if (typeof value !== "bigint") throw typeError("* wants int");
    return intArgument(value);
  };
  meter.text(format.length);
  const text = format.replace(placeholder, (_, key: string | undefined, flags: string, width: string, precision: string, type: string) => {
    meter.spend(stepsOfPlaceholder);
    if (type === "%") return "%";
    if (type === "") throw valueError("incomplete format");
    if (key !== undefined && !(values instanceof Dict)) throw typeError("format requires a mapping");
    const wide = starred(width) ?? 0;
    const spec: FormatSpec = {
      fill: flags.includes("0") && !flags.includes("-") ? "0" : " ",
      align: flags.includes("-") || wide < 0 ? "<" : flags.includes("0") ? "=" : ">",
      sign: flags.includes("+") ? "+" : flags.includes(" ") ? " " : "-",
      alternate: flags.includes("#"),
      width: Math.abs(wide),
      grouping: "",
      precision: starred(precision),
      type: "",
    };
    const value = key === undefined ? next() : lookUp(values as Dict, key, meter);
    return formatted(value, type, spec, meter);
  });
  // Python counts whatever has items as a mapping here, lists too, and doesn't mind where one is left over.
  if (used < queue.length && !(values instanceof Dict || Array.isArray(values) || values instanceof Undefined)) {
    throw typeError("not all arguments converted during string formatting");
  }
  meter.text(text.length);
  return text;
}

function lookUp(values: Dict, key: string, meter: Meter): Value {
  const value = values.get(key, meter);
  if (value === undefined) throw new JinjaError("KeyError", `'${key}'`);
  return value;
}

function formatted(value: Value, type: string, spec: FormatSpec, meter: Meter): string {
  const spaced: FormatSpec = { ...spec, fill: " ", align: spec.align === "<" ? "<" : ">" };
  switch (type) {
    case "s":
      return formatText(textFrom(value, meter), spaced, meter);
    case "r":
      return formatText(repr(value, meter), spaced, meter);
    case "c": {
      const text = textOf(value);
      if (text !== undefined && [...text].length === 1) return formatText(text, { ...spaced, precision: undefined }, meter);
      if (typeof value !== "bigint") throw typeError("%c requires int or char");
      return formatText(characterOf(value), { ...spaced, precision: undefined }, meter);
    }
    case "d":
    case "i":
    case "u":
      return integer(value, type, { ...spec, type: "d" }, meter);
    case "x":
    case "X":
    case "o":
      return integer(value, type, { ...spec, type }, meter);
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G": {
      const number = numberOf(value);
      if (number === undefined) throw typeError(`must be real number, not ${typeName(value)}`);
      const float = typeof number === "bigint" ? toFloat(number) : number;
      return formatFloat(float, { ...spec, type }, meter);
    }
    case "a":
      throw unsupported("%a");
    default:
      throw valueError(`unsupported format character '${type}'`);
  }
}

function integer(value: Value, type: string, spec: FormatSpec, meter: Meter): string {
  const number = numberOf(value);
  if (number === undefined || (typeof number === "number" && spec.type !== "d")) {
    throw typeError(`%${type} format: ${spec.type === "d" ? "a real number" : "an integer"} is required, not ${typeName(value)}`);
  }
  if (spec.precision !== undefined) throw unsupported("the precision of an int");
  return formatInt(typeof number === "number" ? toInt(number) : number, spec, meter);
}
