/** The Python exceptions that a template can run into, and what only this implementation refuses. */
export type JinjaErrorKind =
  | "AssertionError"
  | "FilterArgumentError"
  | "IndexError"
  | "KeyError"
  | "LimitError"
  | "OverflowError"
  | "SecurityError"
  | "TemplateError"
  | "TemplateRuntimeError"
  | "TemplateSyntaxError"
  | "TypeError"
  | "UndefinedError"
  | "UnsupportedError"
  | "ValueError"
  | "ZeroDivisionError";

/**
 * A template that can't be rendered. `kind` is the class of Python's exception, since some filters and tests catch certain ones;
 * `LimitError` and `UnsupportedError`, which none catches, are for what takes too much and for what can't be rendered as Python does.
 */
export class JinjaError extends Error {
  readonly kind: JinjaErrorKind;
  /** Of the template, counted from 1; undefined until the statement that it came from is known. */
  line: number | undefined;

  constructor(kind: JinjaErrorKind, message: string, line?: number) {
    super(message);
    this.name = "JinjaError";
    this.kind = kind;
    this.line = line;
  }
}

export function isKind(error: unknown, ...kinds: readonly JinjaErrorKind[]): boolean {
  return error instanceof JinjaError && kinds.includes(error.kind);
}

export const typeError = (message: string): JinjaError => new JinjaError("TypeError", message);
export const valueError = (message: string): JinjaError => new JinjaError("ValueError", message);
/** What Python does and this implementation doesn't: refused, since anything else would render another text than Python does. */
export const unsupported = (what: string): JinjaError => new JinjaError("UnsupportedError", `${what} is not supported here`);
