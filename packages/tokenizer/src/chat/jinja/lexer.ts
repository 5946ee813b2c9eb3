import { JinjaError } from "./error.ts";
import { unescapeString } from "./string-literal.ts";
import { strip, whitespace } from "./text.ts";

export type TokenType =
  | "data"
  | "block begin"
  | "block end"
  | "variable begin"
  | "variable end"
  | "name"
  | "string"
  | "integer"
  | "float"
  | "operator"
  | "end";

export interface Token {
  readonly type: TokenType;
  /** Of a string, what it stands for. */
  readonly text: string;
  readonly line: number;
}

const space = `[${whitespace}]*`;
const onlySpace = new RegExp(`^[${whitespace}]+$`);
const rawBegin = new RegExp(`\\{%([-+]?)${space}raw${space}(?:-%\\}${space}|%\\})`, "y");
const rawEnd = new RegExp(`\\{%([-+]?)${space}endraw${space}(?:\\+%\\}|-%\\}${space}|%\\}\\n?)`, "g");
const commentEnd = new RegExp(`\\+#\\}|-#\\}${space}|#\\}\\n?`, "g");
const blockEnd = new RegExp(`\\+%\\}|-%\\}${space}|%\\}\\n?`, "y");
const variableEnd = new RegExp(`-\\}\\}${space}|\\}\\}`, "y");

const digits = "(?:\\d+_)*\\d+";
const float = new RegExp(`(?<!\\.)${digits}(?:(?:\\.${digits})?e[+-]?${digits}|\\.${digits})`, "iy");
const integer = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const name = /[\p{ID_Continue}]+/uy;
const string = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const codeTokens = [
  ["float", float],
  ["integer", integer],
  ["name", name],
  ["string", string],
  ["operator", operator],
] as const;
const spaces = new RegExp(`[${whitespace}]+`, "y");
const opening: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * The tokens of a template, in the environment of chat templates: a line end behind a tag goes (trim_blocks), as does white space before
 * one at the beginning of a line (lstrip_blocks); every line end becomes `\n`, and the last one goes.
 */
export function tokenize(template: string): Token[] {
  return new Lexer(template.replace(/\r\n?/g, "\n").replace(/\n$/, "")).tokens();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #position = 0;
  #line = 1;
  #countedTo = 0;
  /** Whether what was read last ended a line. */
  #atLineStart = true;

  constructor(source: string) {
    this.#source = source;
  }

  tokens(): Token[] {
    while (this.#position < this.#source.length) this.#data();
    this.#add("end", "");
    return this.#tokens;
  }

  /** Text up to the next tag, and that tag. */
  #data(): void {
    const source = this.#source;
    const found = source.slice(this.#position).search(/\{[{%#]/);
    if (found < 0) {
      this.#add("data", source.slice(this.#position));
      this.#position = source.length;
      return;
    }
    const start = this.#position;
    const begin = start + found;
    const raw = this.#match(rawBegin, begin);
    const tag = raw === undefined ? source[begin + 1]! : "raw";
    const sign = raw?.[1] ?? /[-+]/.exec(source[begin + 2] ?? "")?.[0] ?? "";
    this.#addData(source.slice(start, begin), sign, tag !== "{");
    this.#advance(begin, raw?.[0] ?? source.slice(begin, begin + 2 + sign.length));
    if (tag === "raw") this.#raw();
    else if (tag === "#") this.#comment();
    else this.#code(tag === "%" ? "block" : "variable");
  }

  #addData(text: string, sign: string, isBlock: boolean): void {
    let kept = text;
    if (sign === "-") kept = strip(text, null, "right");
    else if (sign !== "+" && isBlock) {
      const lineStart = text.lastIndexOf("\n") + 1;
      if ((lineStart > 0 || this.#atLineStart) && onlySpace.test(text.slice(lineStart))) kept = text.slice(0, lineStart);
    }
    if (kept !== "") this.#add("data", kept);
  }

  #comment(): void {
    const end = this.#find(commentEnd);
    if (end === undefined) throw this.#error("Missing end of comment tag");
    this.#advance(end.index, end[0]);
  }

  #raw(): void {
    const end = this.#find(rawEnd);
    if (end === undefined) throw this.#error("Missing end of raw directive");
    this.#addData(this.#source.slice(this.#position, end.index), end[1]!, true);
    this.#advance(end.index, end[0]);
  }

  #code(kind: "block" | "variable"): void {
    this.#add(`${kind} begin`, "");
    const end = kind === "block" ? blockEnd : variableEnd;
    const open: string[] = [];
    while (this.#position < this.#source.length) {
      const closing = open.length === 0 ? this.#match(end, this.#position) : undefined;
      if (closing !== undefined) {
        this.#add(`${kind} end`, "");
        this.#advance(this.#position, closing[0]);
        return;
      }
      this.#codeToken(open);
    }
  }

  #codeToken(open: string[]): void {
    const start = this.#position;
    const blank = this.#match(spaces, start);
    const text = blank === undefined ? this.#addToken(open) : blank[0];
    this.#advance(start, text);
  }

  #addToken(open: string[]): string {
    for (const [type, form] of codeTokens) {
      const match = this.#match(form, this.#position);
      if (match === undefined) continue;
      if (type === "operator") this.#balance(match[0], open);
      this.#add(type, type === "string" ? unescapeString(match[0], this.#lineHere()) : this.#checked(type, match[0]));
      return match[0];
    }
    throw this.#error(`unexpected char ${JSON.stringify(this.#source[this.#position])}`);
  }

  #checked(type: TokenType, text: string): string {
    if (type === "name" && !/^[\p{ID_Start}_]/u.test(text)) throw this.#error(`Invalid character in identifier "${text}"`);
    return text;
  }

  #balance(text: string, open: string[]): void {
    if (opening[text] !== undefined) open.push(opening[text]);
    if (!/^[)\]}]$/.test(text)) return;
    const expected = open.pop();
    if (expected === undefined) throw this.#error(`unexpected '${text}'`);
    if (expected !== text) throw this.#error(`unexpected '${text}', expected '${expected}'`);
  }

  #match(form: RegExp, position: number): RegExpExecArray | undefined {
    form.lastIndex = position;
    return form.exec(this.#source) ?? undefined;
  }

  #find(form: RegExp): RegExpExecArray | undefined {
    return this.#match(form, this.#position);
  }

  #advance(from: number, text: string): void {
    this.#position = from + text.length;
    this.#atLineStart = text.endsWith("\n");
  }

  #add(type: TokenType, text: string): void {
    this.#tokens.push({ type, text, line: this.#lineHere() });
  }

  #lineHere(): number {
    for (; this.#countedTo < this.#position; this.#countedTo++) if (this.#source[this.#countedTo] === "\n") this.#line++;
    return this.#line;
  }

  #error(message: string): JinjaError {
    return new JinjaError("TemplateSyntaxError", message, this.#lineHere());
  }
}
