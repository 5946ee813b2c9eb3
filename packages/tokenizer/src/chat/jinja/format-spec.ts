import { JinjaError, typeError, unsupported, valueError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { exponentText, floatText, intText, scaledInt, toFloat } from "./numbers.ts";
import { codePointLength, sliceText } from "./text.ts";

/** What stands behind the colon of a replacement field, `{:*^9}`, or between `%` and the letter. */
export interface FormatSpec {
  readonly fill: string;
  readonly align: "<" | ">" | "=" | "^" | undefined;
  readonly sign: "+" | "-" | " ";
  /** `#`: prefixes of ints that are not decimal. */
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: "" | "," | "_";
  readonly precision: number | undefined;
  readonly type: string;
}

/** What exact rounding takes. */
const stepsOfFloat = 30;

const specForm = /^(?:(.)?([<>=^]))?([-+ ]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/su;

export function parseFormatSpec(text: string): FormatSpec {
  const match = specForm.exec(text);
  if (match === null) throw valueError(`Invalid format specifier '${text}'`);
  const [, fill, align, sign, alternate, zero, width, grouping, precision, type] = match;
  return {
    fill: fill ?? (zero ? "0" : " "),
    align: (align as FormatSpec["align"]) ?? (zero ? "=" : undefined),
    sign: (sign || "-") as FormatSpec["sign"],
    alternate: alternate !== "",
    width: boundedNumber(width || "0"),
    grouping: grouping as FormatSpec["grouping"],
    precision: precision === undefined ? undefined : boundedNumber(precision),
    type: type!,
  };
}

/** Far beyond any text, so that all larger ones mean the same. */
export const boundedNumber = (digits: string): number => Math.min(Number(digits), 2 ** 40);

export function characterOf(code: bigint): string {
  if (code < 0n || code > 0x10ffffn) throw new JinjaError("OverflowError", "%c arg not in range(0x110000)");
  return String.fromCodePoint(Number(code));
}

export function formatText(text: string, spec: FormatSpec, meter: Meter): string {
  if (spec.type !== "" && spec.type !== "s") throw valueError(`Unknown format code '${spec.type}' for object of type 'str'`);
  if (spec.align === "=") throw valueError("'=' alignment not allowed in string format specifier");
  const cut = spec.precision === undefined ? text : sliceText(text, null, BigInt(spec.precision), null, meter);
  return pad("", cut, { ...spec, align: spec.align ?? "<" }, meter);
}

const radixes: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  b: [2, "0b"],
  o: [8, "0o"],
  x: [16, "0x"],
  X: [16, "0X"],
};

export function formatInt(value: bigint, spec: FormatSpec, meter: Meter): string {
  if (/^[eEfFgG%]$/.test(spec.type)) return formatFloat(toFloat(value), spec, meter);
  if (spec.precision !== undefined) throw valueError("Precision not allowed in integer format specifier");
  if (spec.type === "c") return formatText(characterOf(value), { ...spec, type: "" }, meter);
  const magnitude = value < 0n ? -value : value;
  const [radix, prefix] = radixes[spec.type] ?? [10, ""];
  if (radix === 10 && !["", "d", "n"].includes(spec.type)) {
    throw valueError(`Unknown format code '${spec.type}' for object of type 'int'`);
  }
  meter.int(value);
  const digits = radix === 10 ? intText(magnitude) : magnitude.toString(radix);
  const cased = spec.type === "X" ? digits.toUpperCase() : digits;
  return withSign(value < 0n, spec.alternate ? prefix : "", grouped(cased, spec, radix === 10 ? 3 : 4), spec, meter);
}

export function formatFloat(value: number, spec: FormatSpec, meter: Meter): string {
  if (spec.alternate) throw unsupported("the format '#' of a float");
  if (spec.precision !== undefined && spec.precision > 400) throw unsupported("a precision above 400");
  meter.spend(stepsOfFloat + (spec.precision ?? 0));
  const negative = value < 0 || Object.is(value, -0);
  const body = floatBody(Math.abs(value), spec);
  const cased = /[EFG]/.test(spec.type) ? body.toUpperCase() : body;
  const [, whole, rest] = /^(\d*)(.*)$/s.exec(cased) as unknown as [string, string, string];
  return withSign(negative, "", grouped(whole, spec, 3) + rest, spec, meter);
}

function floatBody(value: number, { type, precision }: FormatSpec): string {
  if (!Number.isFinite(value)) return `${floatText(value)}${type === "%" ? "%" : ""}`;
  switch (type) {
    case "e":
    case "E":
      return scientific(value, precision ?? 6);
    case "f":
    case "F":
      return fixed(value, precision ?? 6);
    case "%":
      return `${fixed(value * 100, precision ?? 6)}%`;
    case "g":
    case "G":
    case "n":
      return general(value, precision ?? 6);
    case "":
      return precision === undefined ? floatText(value) : withPoint(general(value, precision, 1));
    default:
      throw valueError(`Unknown format code '${type}' for object of type 'float'`);
  }
}

function fixed(value: number, precision: number): string {
  const digits = String(scaledInt(value, precision)).padStart(precision + 1, "0");
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** The digits to a precision, and the exponent of the first. */
function significant(value: number, precision: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: "0".repeat(precision), exponent: 0 };
  const estimate = Number(value.toExponential().split("e")[1]);
  const digits = String(scaledInt(value, precision - 1 - estimate));
  return digits.length > precision ? { digits: digits.slice(0, precision), exponent: estimate + 1 } : { digits, exponent: estimate };
}

function scientific(value: number, precision: number): string {
  const { digits, exponent } = significant(value, precision + 1);
  return `${digits[0]}${precision === 0 ? "" : `.${digits.slice(1)}`}e${exponentText(exponent)}`;
}

/** @param early How much below the precision an exponent already makes it scientific. */
function general(value: number, precision: number, early = 0): string {
  const places = Math.max(1, precision);
  const { digits, exponent } = significant(value, places);
  const short = digits.replace(/0+$/, "") || "0";
  if (exponent < -4 || exponent >= places - early) {
    return `${short[0]}${short.length > 1 ? `.${short.slice(1)}` : ""}e${exponentText(exponent)}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${short}`;
  const whole = short.padEnd(exponent + 1, "0");
  return whole.length > exponent + 1 ? `${whole.slice(0, exponent + 1)}.${whole.slice(exponent + 1)}` : whole;
}

const withPoint = (text: string): string => (/[.e]/.test(text) ? text : `${text}.0`);

function grouped(digits: string, { grouping, width, align, fill, type }: FormatSpec, size: number): string {
  if (grouping === "") return digits;
  if (grouping === "," && (size !== 3 || type === "n")) throw valueError(`Cannot specify ',' with '${type}'.`);
  if (align === "=" && fill === "0" && width > 0) throw unsupported("grouping of padded digits");
  const text = digits.replace(new RegExp(`\\B(?=(.{${size}})+$)`, "g"), grouping);
  return text;
}

function withSign(negative: boolean, prefix: string, body: string, spec: FormatSpec, meter: Meter): string {
  const sign = negative ? "-" : spec.sign === "-" ? "" : spec.sign;
  return pad(sign + prefix, body, { ...spec, align: spec.align ?? ">" }, meter);
}

/** @param head What stays in front of padding with `=`: sign and prefix. */
function pad(head: string, body: string, { align, fill, width }: FormatSpec, meter: Meter): string {
  const padding = width - head.length - codePointLength(body, meter);
  if (padding <= 0) return head + body;
  meter.text(width * fill.length);
  const before = align === "<" ? 0 : align === "^" ? Math.floor(padding / 2) : padding;
  if (align === "=") return head + fill.repeat(padding) + body;
  return fill.repeat(before) + head + body + fill.repeat(padding - before);
}

/** A value that has no format of its own takes an empty spec only. */
export function refuseSpec(spec: string, type: string): void {
  if (spec !== "") throw typeError(`unsupported format string passed to ${type}.__format__`);
}
