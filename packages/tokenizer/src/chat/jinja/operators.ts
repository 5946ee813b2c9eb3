import { typeError } from "./error.ts";
import { escapeHtml } from "./html.ts";
import type { Meter } from "./meter.ts";
import {
  boundedInt,
  divideFloats,
  divideInts,
  floorDivideFloats,
  floorDivideInts,
  moduloFloats,
  moduloInts,
  powerOfFloats,
  powerOfInts,
  toFloat,
} from "./numbers.ts";
import { percentFormat } from "./percent-format.ts";
import { textFrom } from "./repr.ts";
import { Markup, Tuple, textOf, typeName, Undefined, type Value } from "./values.ts";

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

/** A binary operator of Python's on any two values. */
export function binary(operator: BinaryOperator, left: Value, right: Value, meter: Meter): Value {
  if (operator === "%") {
    const format = textOf(left);
    if (format !== undefined) return percentFormat(left, format, right, meter);
  }
  for (const operand of [left, right]) if (operand instanceof Undefined) throw operand.error();
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return arithmetic(operator, a, b, meter);
  const joined = operator === "+" ? concatenate(left, right, meter) : operator === "*" ? repeat(left, right, meter) : undefined;
  if (joined !== undefined) return joined;
  const name = operator === "**" ? "** or pow()" : operator;
  throw typeError(`unsupported operand type(s) for ${name}: '${typeName(left)}' and '${typeName(right)}'`);
}

/** An int or a float; a bool counts as an int. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" ? value : undefined;
}

type Arithmetic = readonly [ints: (a: bigint, b: bigint) => bigint | number, floats: (a: number, b: number) => number];

const arithmetics: Readonly<Record<BinaryOperator, Arithmetic>> = {
  "+": [(a, b) => boundedInt(a + b), (a, b) => a + b],
  "-": [(a, b) => boundedInt(a - b), (a, b) => a - b],
  "*": [(a, b) => boundedInt(a * b), (a, b) => a * b],
  "/": [divideInts, divideFloats],
  "//": [floorDivideInts, floorDivideFloats],
  "%": [moduloInts, moduloFloats],
  "**": [powerOfInts, powerOfFloats],
};

/** What an exact power takes. */
const stepsOfPower = 300;

function arithmetic(operator: BinaryOperator, left: bigint | number, right: bigint | number, meter: Meter): Value {
  const [ints, floats] = arithmetics[operator];
  if (operator === "**") meter.spend(stepsOfPower);
  for (const operand of [left, right]) if (typeof operand === "bigint") meter.int(operand);
  if (typeof left === "bigint" && typeof right === "bigint") return ints(left, right);
  return floats(typeof left === "bigint" ? toFloat(left) : left, typeof right === "bigint" ? toFloat(right) : right);
}

export function negative(value: Value): Value {
  if (value instanceof Undefined) throw value.error();
  const number = numberOf(value);
  if (number === undefined) throw typeError(`bad operand type for unary -: '${typeName(value)}'`);
  return -number;
}

export function positive(value: Value): Value {
  if (value instanceof Undefined) throw value.error();
  const number = numberOf(value);
  if (number === undefined) throw typeError(`bad operand type for unary +: '${typeName(value)}'`);
  return number;
}

function concatenate(left: Value, right: Value, meter: Meter): Value | undefined {
  const [a, b] = [textOf(left), textOf(right)];
  if (a !== undefined && b !== undefined) {
    meter.text(a.length + b.length);
    if (typeof left === "string" && typeof right === "string") return a + b;
    return new Markup(escapeHtml(left, meter).text + escapeHtml(right, meter).text);
  }
  if (a !== undefined) throw typeError(`can only concatenate str (not "${typeName(right)}") to str`);
  if (Array.isArray(left) && Array.isArray(right)) {
    meter.spend(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Tuple && right instanceof Tuple) {
    meter.spend(left.items.length + right.items.length);
    return new Tuple([...left.items, ...right.items]);
  }
  return undefined;
}

function repeat(left: Value, right: Value, meter: Meter): Value | undefined {
  const [sequence, factor] = numberOf(left) === undefined ? [left, numberOf(right)] : [right, numberOf(left)];
  if (typeof factor !== "bigint") return undefined;
  const times = factor > 0n ? Number(factor) : 0;
  const text = textOf(sequence);
  if (text !== undefined) {
    meter.text(text.length * times);
    const repeated = text.repeat(text === "" ? 0 : times);
    return sequence instanceof Markup ? new Markup(repeated) : repeated;
  }
  const items = Array.isArray(sequence) ? sequence : sequence instanceof Tuple ? sequence.items : undefined;
  if (items === undefined) return undefined;
  meter.spend(items.length * times);
  const repeated = Array.from({ length: items.length * times }, (_, index) => items[index % items.length]!);
  return Array.isArray(sequence) ? repeated : new Tuple(repeated);
}

/** The operator `~`: texts of whatever values, one after the other. */
export function concatenateTexts(values: readonly Value[], meter: Meter): string {
  const joined = values.map((value) => textFrom(value, meter)).join("");
  meter.text(joined.length);
  return joined;
}
