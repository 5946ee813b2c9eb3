import { JinjaError, unsupported, valueError } from "./error.ts";

/** `repr` of a float. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${mantissa}e${exponentText(exponent)}`;
  const plain = Math.abs(value) < 1e-4 ? value.toFixed(20) : String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

/** At least two digits, with a sign. */
export const exponentText = (exponent: number): string => `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;

const maxDigits = 4300;

/** `str` of an int, which Python refuses for more than 4300 digits. */
export function intText(value: bigint): string {
  // 3.32 bits are a digit: a longer number isn't converted to find out.
  if (BigInt.asIntN(maxDigits * 4, value) === value) {
    const text = String(value);
    if (text.length - (value < 0n ? 1 : 0) <= maxDigits) return text;
  }
  throw valueError(`Exceeds the limit (${maxDigits} digits) for integer string conversion`);
}

/** Somewhat more than can be printed. */
const maxBits = 16_384;

/** Refuses ints that only a hostile template makes. */
export function boundedInt(value: bigint): bigint {
  if (BigInt.asIntN(maxBits, value) === value) return value;
  throw new JinjaError("LimitError", `it makes an int of more than ${maxBits} bits, the limit for chat templates`);
}

export function toFloat(value: bigint): number {
  const float = Number(value);
  if (!Number.isFinite(float)) throw new JinjaError("OverflowError", "int too large to convert to float");
  return float;
}

/** int(float), which cuts. */
export function toInt(value: number): bigint {
  if (Number.isNaN(value)) throw valueError("cannot convert float NaN to integer");
  if (!Number.isFinite(value)) throw new JinjaError("OverflowError", "cannot convert float infinity to integer");
  return BigInt(Math.trunc(value));
}

const divisionByZero = (message: string) => new JinjaError("ZeroDivisionError", message);

export function floorDivideInts(left: bigint, right: bigint): bigint {
  if (right === 0n) throw divisionByZero("integer division or modulo by zero");
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

export const moduloInts = (left: bigint, right: bigint): bigint => left - floorDivideInts(left, right) * right;

export function moduloFloats(left: number, right: number): number {
  if (right === 0) throw divisionByZero("float modulo");
  const rest = left % right;
  if (rest === 0) return right < 0 ? -0 : 0;
  return rest < 0 !== right < 0 ? rest + right : rest;
}

export function floorDivideFloats(left: number, right: number): number {
  if (right === 0) throw divisionByZero("float floor division by zero");
  const quotient = (left - moduloFloats(left, right)) / right;
  if (quotient === 0) return left < 0 !== right < 0 ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** `/` of two ints, rounded once, however large they are. */
export function divideInts(left: bigint, right: bigint): number {
  if (right === 0n) throw divisionByZero("division by zero");
  if (BigInt.asIntN(54, left) === left && BigInt.asIntN(54, right) === right) return Number(left) / Number(right);
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  const [numerator, denominator] = [magnitude(left), magnitude(right)];
  const shift = BigInt(66 + bitLength(denominator) - bitLength(numerator));
  const [scaled, divisor] = shift > 0n ? [numerator << shift, denominator] : [numerator, denominator << -shift];
  const quotient = (scaled / divisor) | (scaled % divisor === 0n ? 0n : 1n);
  const float = Number(quotient) * 2 ** -Number(shift);
  if (!Number.isFinite(float)) throw new JinjaError("OverflowError", "integer division result too large for a float");
  if (float < 2 ** -1000) throw unsupported("dividing ints that are so far apart");
  return left < 0n !== right < 0n ? -float : float;
}

export function divideFloats(left: number, right: number): number {
  if (right === 0) throw divisionByZero("float division by zero");
  return left / right;
}

export function powerOfInts(base: bigint, exponent: bigint): bigint | number {
  if (exponent < 0n) return powerOfFloats(toFloat(base), toFloat(exponent));
  if (base === 0n || base === 1n || base === -1n) return exponent === 0n ? 1n : base ** (exponent % 2n === 0n ? 2n : 1n);
  if (exponent * BigInt(bitLength(base < 0n ? -base : base)) > 2 * maxBits) return boundedInt(1n << BigInt(maxBits + 1));
  return boundedInt(base ** exponent);
}

export function powerOfFloats(base: number, exponent: number): number {
  if (base === 0 && exponent < 0) throw divisionByZero("0.0 cannot be raised to a negative power");
  if (base < 0 && Number.isFinite(base) && !Number.isInteger(exponent) && Number.isFinite(exponent)) throw unsupported("a complex number");
  const power = exactPower(base, exponent);
  if (!Number.isFinite(power) && Number.isFinite(base)) throw new JinjaError("OverflowError", "Numerical result out of range");
  return power;
}

/** JavaScript's own powers are a last digit off now and then: only those that can be rounded right are given. */
function exactPower(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  if (exponent === 0.5 && base >= 0) return Math.sqrt(base);
  if (!Number.isFinite(base) || base === 0 || !Number.isFinite(exponent)) {
    if (Number.isInteger(exponent) || base >= 0) return base ** exponent;
  }
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 400) throw unsupported("such a power of floats");
  const { numerator, denominator } = fraction(Math.abs(base));
  const [up, down] = [numerator ** BigInt(Math.abs(exponent)), denominator ** BigInt(Math.abs(exponent))];
  const size = exponent > 0 ? divideInts(up, down) : divideInts(down, up);
  return base < 0 && exponent % 2 !== 0 ? -size : size;
}

const bitLength = (value: bigint): number => value.toString(16).length * 4;

/** A float times 10^digits as an int, rounded half to even from its exact value. */
export function scaledInt(value: number, digits: number): bigint {
  let { numerator, denominator } = fraction(Math.abs(value));
  if (digits >= 0) numerator *= 10n ** BigInt(digits);
  else denominator *= 10n ** BigInt(-digits);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return quotient + (up ? 1n : 0n);
}

/** The exact value of a float. */
function fraction(value: number): { readonly numerator: bigint; readonly denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (biased === 0 ? 0n : 1n << 52n);
  const exponent = BigInt(Math.max(biased, 1) - 1075);
  return exponent >= 0n ? { numerator: mantissa << exponent, denominator: 1n } : { numerator: mantissa, denominator: 1n << -exponent };
}

/** Python's `round(float, digits)`. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0 || digits > 323) return value;
  const scaled = digits < -308 ? 0n : scaledInt(value, digits);
  const rounded = Number(`${scaled}e${-digits}`);
  return value < 0 ? -rounded : rounded;
}

/** Python's `round(int, digits)`. */
export function roundInt(value: bigint, digits: bigint): bigint {
  if (digits >= 0n) return value;
  if (-digits > 400n) return 0n;
  const unit = 10n ** -digits;
  const down = floorDivideInts(value, unit);
  const twice = moduloInts(value, unit) * 2n;
  return (down + (twice > unit || (twice === unit && down % 2n !== 0n) ? 1n : 0n)) * unit;
}

const prefixes: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 16: "0x" };

/** `int(text, base)`; undefined where Python's is a ValueError. */
export function parseInteger(text: string, base: number): bigint | undefined {
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text.trim().toLowerCase()) ?? [];
  const prefixed = Object.entries(prefixes).find(([, prefix]) => body.startsWith(prefix));
  const radix = base === 0 ? (prefixed === undefined ? 10 : Number(prefixed[0])) : base;
  const digits = prefixed !== undefined && Number(prefixed[0]) === radix ? body.slice(2).replace(/^_/, "") : body;
  if (!/^[0-9a-z]+(_[0-9a-z]+)*$/.test(digits)) return undefined;
  const plain = digits.replaceAll("_", "");
  if (plain.length > maxDigits) throw valueError(`Exceeds the limit (${maxDigits} digits) for integer string conversion`);
  if (base === 0 && prefixed === undefined && /^0+[1-9]/.test(plain)) return undefined;
  const prefix = radix === 10 ? "" : prefixes[radix];
  if (prefix === undefined) throw unsupported(`ints to the base ${radix}`);
  if (!new RegExp(`^[${"0123456789abcdef".slice(0, radix)}]+$`).test(plain)) return undefined;
  const size = BigInt(prefix + plain);
  return sign === "-" ? -size : size;
}

/** `float(text)`; undefined where Python's is a ValueError. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const named = /^([+-]?)(inf|infinity|nan)$/.exec(trimmed);
  if (named !== null) return named[2] === "nan" ? Number.NaN : named[1] === "-" ? -Infinity : Infinity;
  const digits = "\\d+(?:_\\d+)*";
  if (!new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`).test(trimmed)) return undefined;
  return Number(trimmed.replaceAll("_", ""));
}
