import { JinjaError, unsupported } from "./error.ts";

const simple: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What a quoted string of a template stands for: Python's escapes; a backslash before anything else stays. */
export function unescapeString(quoted: string, line: number): string {
  const escapes = /\\(?:([0-7]{1,3})|([xuU])([0-9a-fA-F]*)|(.))/gsu;
  return quoted.slice(1, -1).replace(escapes, (whole, octal?: string, hex?: string, hexDigits?: string, other?: string) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (hex !== undefined) return fromHex(hex, hexDigits!, line);
    if (other === "N") throw unsupported("an escape \\N{…} in a string");
    // Python's escapes are of ASCII: before any other character the backslash doubles that one's own escape.
    if (other! > "\x7f") return whole[0]! + asciiEscape(other!);
    return simple[other!] ?? whole;
  });
}

function fromHex(kind: string, digits: string, line: number): string {
  const length = hexLengths[kind]!;
  const code = Number.parseInt(digits.slice(0, length), 16);
  if (digits.length < length || code > 0x10ffff) {
    throw new JinjaError("TemplateSyntaxError", `truncated or illegal escape \\${kind}${digits} in a string`, line);
  }
  return String.fromCodePoint(code) + digits.slice(length);
}

function asciiEscape(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  if (code.length <= 2) return `x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `u${code.padStart(4, "0")}` : `U${code.padStart(8, "0")}`;
}
