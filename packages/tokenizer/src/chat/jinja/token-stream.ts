import { JinjaError } from "./error.ts";
import type { Token, TokenType } from "./lexer.ts";

/** The tokens of a template, looked at one by one. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#position]!;
  }

  /** The one behind the current one. */
  get following(): Token {
    return this.#tokens[Math.min(this.#position + 1, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.current;
    if (token.type !== "end") this.#position++;
    return token;
  }

  is(type: TokenType, text?: string): boolean {
    return matches(this.current, type, text);
  }

  isName(...names: readonly string[]): boolean {
    return this.current.type === "name" && names.includes(this.current.text);
  }

  isOperator(...operators: readonly string[]): boolean {
    return this.current.type === "operator" && operators.includes(this.current.text);
  }

  /** Goes past the current token where it is this one. */
  skip(type: TokenType, text?: string): boolean {
    const fits = this.is(type, text);
    if (fits) this.next();
    return fits;
  }

  expect(type: TokenType, text?: string): Token {
    if (this.is(type, text)) return this.next();
    throw this.error(`expected ${text === undefined ? type : `"${text}"`}, got ${describe(this.current)}`);
  }

  error(message: string, line = this.current.line): JinjaError {
    return new JinjaError("TemplateSyntaxError", message, line);
  }
}

export const matches = (token: Token, type: TokenType, text?: string): boolean =>
  token.type === type && (text === undefined || token.text === text);

export const describe = ({ type, text }: Token): string =>
  type === "name" || type === "operator" ? `"${text}"` : type === "end" ? "the end of the template" : type;
