import { isKind, JinjaError, typeError, unsupported, valueError } from "../error.ts";
import { parseFloatText, parseInteger, powerOfFloats, roundFloat, roundInt, toFloat, toInt } from "../numbers.ts";
import { binary, numberOf } from "../operators.ts";
import { intArgument } from "../signature.ts";
import { orElse, textOf, typeName, Undefined, type Value } from "../values.ts";
import { type Filter, type FilterRuntime, filter } from "./filter.ts";

export const numberFilters: Readonly<Record<string, Filter>> = {
  abs: filter("", (input) => {
    if (input instanceof Undefined) throw typeError("bad operand type for abs(): 'Undefined'");
    const number = numberOf(input);
    if (number === undefined) throw typeError(`bad operand type for abs(): '${typeName(input)}'`);
    return number < 0 || Object.is(number, -0) ? -number : number;
  }),
  filesizeformat: filter("binary?", (input, [binaryUnits]) => fileSize(floatFrom(input), binaryUnits === true)),
  float: filter("default?", (input, [otherwise], { meter }) => {
    meter.text(textOf(input)?.length ?? 0);
    return caught(
      () => floatFrom(input),
      () => orElse(otherwise, () => 0),
      "TypeError",
      "ValueError",
    );
  }),
  int: filter("default?, base?", (input, [otherwise, base], { meter }) => {
    meter.text(textOf(input)?.length ?? 0);
    meter.spend((textOf(input)?.length ?? 0) / 4);
    // "42.9" is no int, and is cut as a float.
    const cut = () =>
      caught(
        () => toInt(floatFrom(input)),
        () => orElse(otherwise, () => 0n),
        "TypeError",
        "ValueError",
        "OverflowError",
      );
    return caught<Value>(() => intFrom(input, base === undefined ? 10 : intArgument(base)), cut, "TypeError", "ValueError");
  }),
  round: filter("precision?, method?", rounded),
};

function caught<T>(compute: () => T, otherwise: () => T, ...kinds: Parameters<typeof isKind>[1][]): T {
  try {
    return compute();
  } catch (error) {
    if (isKind(error, ...kinds)) return otherwise();
    throw error;
  }
}

function intFrom(value: Value, base: number): bigint {
  const text = textOf(value);
  if (text === undefined) {
    const number = numberFrom(value);
    return typeof number === "bigint" ? number : toInt(number);
  }
  const int = parseInteger(text, base);
  if (int === undefined) throw valueError(`invalid literal for int() with base ${base}`);
  return int;
}

function floatFrom(value: Value): number {
  const text = textOf(value);
  if (text === undefined) {
    const number = numberFrom(value);
    return typeof number === "bigint" ? toFloat(number) : number;
  }
  const float = parseFloatText(text);
  if (float === undefined) throw valueError("could not convert string to float");
  return float;
}

function numberFrom(value: Value): bigint | number {
  if (value instanceof Undefined) throw value.error();
  const number = numberOf(value);
  if (number === undefined) throw typeError(`a ${typeName(value)} is no number`);
  return number;
}

function rounded(input: Value, [precision, method]: readonly (Value | undefined)[], { meter }: FilterRuntime): Value {
  const way = method === undefined ? "common" : textOf(method);
  if (way !== "common" && way !== "ceil" && way !== "floor") {
    throw new JinjaError("FilterArgumentError", "method must be common, ceil or floor");
  }
  const digits = precision === undefined ? 0 : intArgument(precision);
  // Exact rounding takes long.
  meter.spend(30);
  if (input instanceof Undefined) throw typeError("type Undefined doesn't define __round__ method");
  const number = numberOf(input);
  if (number === undefined) throw typeError(`type ${typeName(input)} doesn't define __round__ method`);
  if (way === "common") return typeof number === "bigint" ? roundInt(number, BigInt(digits)) : roundFloat(number, digits);
  if (Math.abs(digits) > 300) throw unsupported("such a precision");
  const factor = digits < 0 ? powerOfFloats(10, digits) : 10n ** BigInt(digits);
  const scaled = binary("*", number, factor, meter);
  const whole = typeof scaled === "bigint" ? scaled : toInt(way === "ceil" ? Math.ceil(scaled as number) : Math.floor(scaled as number));
  return binary("/", whole, factor, meter);
}

const units = ["k", "M", "G", "T", "P", "E", "Z", "Y"];

function fileSize(bytes: number, binaryUnits: boolean): string {
  const base = binaryUnits ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const found = units.findIndex((_, index) => bytes < base ** (index + 2));
  const index = found < 0 ? units.length - 1 : found;
  const name = binaryUnits ? `${units[index]!.toUpperCase()}iB` : `${units[index]}B`;
  return `${((base * bytes) / base ** (index + 2)).toFixed(1)} ${name}`;
}
