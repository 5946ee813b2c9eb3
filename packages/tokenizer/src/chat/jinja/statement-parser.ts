import { ExpressionParser } from "./expression-parser.ts";
import { tokenize } from "./lexer.ts";
import type { Branch, Expression, FilterExpression, MacroDefinition, Parameter, Statement, Target } from "./nodes.ts";
import { describe, TokenStream } from "./token-stream.ts";

/** The statements of a template. A JinjaError `TemplateSyntaxError` where it has none. */
export function parseTemplate(template: string): readonly Statement[] {
  const parser = new StatementParser(new TokenStream(tokenize(template)));
  return parser.body([]);
}

const otherTemplateTags = ["extends", "include", "import", "from"];

class StatementParser {
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionParser;

  constructor(tokens: TokenStream) {
    this.#tokens = tokens;
    this.#expressions = new ExpressionParser(tokens);
  }

  /** Statements up to a tag of one of these names, which stays the current token; up to the end of the template where there is none. */
  body(endings: readonly string[]): readonly Statement[] {
    const statements: Statement[] = [];
    while (!this.#tokens.is("end")) {
      const { type, text, line } = this.#tokens.next();
      if (type === "data") statements.push({ kind: "output", line, parts: [text] });
      else if (type === "variable begin") {
        statements.push({ kind: "output", line, parts: [this.#expressions.tuple()] });
        this.#tokens.expect("variable end");
      } else {
        if (this.#tokens.isName(...endings)) return statements;
        statements.push(this.#statement());
        this.#tokens.expect("block end");
      }
    }
    if (endings.length > 0) throw this.#tokens.error(`Unexpected end of template. Jinja was looking for ${endings.join(" or ")}.`);
    return statements;
  }

  #statement(): Statement {
    const { type, text: tag, line } = this.#tokens.next();
    if (type !== "name") throw this.#tokens.error("tag name expected", line);
    switch (tag) {
      case "if":
        return { line, ...this.#if() };
      case "for":
        return { line, ...this.#for() };
      case "set":
        return { line, ...this.#set() };
      case "with":
        return { line, ...this.#with() };
      case "macro":
        return { kind: "macro", line, name: this.#tokens.expect("name").text, macro: this.#macro("endmacro") };
      case "call":
        return { line, ...this.#call() };
      case "filter":
        return { kind: "filter block", line, filter: this.#filters(this.#expressions.filter(undefined)), body: this.#block("endfilter") };
      case "generation":
        return { kind: "generation", line, body: this.#block("endgeneration") };
      case "block":
        return { line, ...this.#namedBlock() };
      case "autoescape":
        return { line, ...this.#autoescape() };
      case "print":
        return { kind: "output", line, parts: this.#printed() };
      case "break":
      case "continue":
        return { kind: tag, line };
    }
    if (otherTemplateTags.includes(tag)) return this.#otherTemplate(tag, line);
    throw this.#tokens.error(`Encountered unknown tag '${tag}'.`, line);
  }

  /** What stands between this tag's end and an ending tag, which is gone past, but for its own end. */
  #block(ending: string): readonly Statement[] {
    const { statements } = this.#blockUpTo([ending]);
    return statements;
  }

  #blockUpTo(endings: readonly string[]) {
    this.#tokens.skip("operator", ":");
    this.#tokens.expect("block end");
    const statements = this.body(endings);
    return { statements, ending: this.#tokens.next().text };
  }

  #if() {
    const branches: Branch[] = [];
    let otherwise: readonly Statement[] = [];
    for (let ending = "elif"; ending !== "endif"; ) {
      if (ending === "else") {
        otherwise = this.#block("endif");
        break;
      }
      const test = this.#expressions.tuple({ conditional: false });
      const block = this.#blockUpTo(["elif", "else", "endif"]);
      branches.push({ test, body: block.statements });
      ending = block.ending;
    }
    return { kind: "if", branches, otherwise } as const;
  }

  #for() {
    const target = this.#target(() => this.#tokens.isName("in"));
    this.#tokens.expect("name", "in");
    const iterable = this.#expressions.tuple({ conditional: false, end: () => this.#tokens.isName("recursive") });
    const test = this.#tokens.skip("name", "if") ? this.#expressions.expression() : undefined;
    const isRecursive = this.#tokens.skip("name", "recursive");
    const { statements: body, ending } = this.#blockUpTo(["endfor", "else"]);
    const otherwise = ending === "else" ? this.#block("endfor") : [];
    return { kind: "for", target, iterable, body, otherwise, test, isRecursive } as const;
  }

  #set() {
    const target = this.#target(() => false, true);
    if (this.#tokens.skip("operator", "=")) return { kind: "set", target, value: this.#expressions.tuple() } as const;
    const filter = this.#tokens.skip("operator", "|") ? this.#filters(this.#expressions.filter(undefined)) : undefined;
    return { kind: "set block", target, filter, body: this.#block("endset") } as const;
  }

  /** More filters behind a first one. */
  #filters(first: FilterExpression): FilterExpression {
    let filter = first;
    while (this.#tokens.skip("operator", "|")) filter = this.#expressions.filter(filter);
    return filter;
  }

  #with() {
    const assignments: [Target, Expression][] = [];
    while (!this.#tokens.is("block end")) {
      if (assignments.length > 0) this.#tokens.expect("operator", ",");
      const target = this.#target(() => false);
      this.#tokens.expect("operator", "=");
      assignments.push([target, this.#expressions.expression()]);
    }
    return { kind: "with", assignments, body: this.#block("endwith") } as const;
  }

  #macro(ending: string): MacroDefinition {
    const parameters = this.#parameters();
    return { parameters, body: this.#block(ending) };
  }

  #parameters(): Parameter[] {
    const parameters: Parameter[] = [];
    this.#tokens.expect("operator", "(");
    while (!this.#tokens.isOperator(")")) {
      if (parameters.length > 0) this.#tokens.expect("operator", ",");
      const target = { kind: "target", name: this.#tokens.expect("name").text } as const;
      const otherwise = this.#tokens.skip("operator", "=") ? this.#expressions.expression() : undefined;
      if (otherwise === undefined && parameters.at(-1)?.otherwise !== undefined) {
        throw this.#tokens.error("non-default argument follows default argument");
      }
      parameters.push({ target, otherwise });
    }
    this.#tokens.expect("operator", ")");
    return parameters;
  }

  #call() {
    const parameters = this.#tokens.isOperator("(") ? this.#parameters() : [];
    const call = this.#expressions.expression();
    if (call.kind !== "call") throw this.#tokens.error("expected call");
    return { kind: "call block", call, macro: { parameters, body: this.#block("endcall") } } as const;
  }

  #namedBlock() {
    const name = this.#tokens.expect("name").text;
    const isScoped = this.#tokens.skip("name", "scoped");
    this.#tokens.skip("name", "required");
    const body = this.#block("endblock");
    this.#tokens.skip("name", name);
    return { kind: "block", name, isScoped, body } as const;
  }

  #autoescape() {
    const value = this.#expressions.expression();
    if (value.kind !== "constant" || value.value !== false) throw this.#tokens.error("autoescape is not supported here, but for false");
    return { kind: "autoescape", body: this.#block("endautoescape") } as const;
  }

  #printed(): Expression[] {
    const parts: Expression[] = [];
    while (!this.#tokens.is("block end")) {
      if (parts.length > 0) this.#tokens.expect("operator", ",");
      parts.push(this.#expressions.expression());
    }
    return parts;
  }

  #otherTemplate(tag: string, line: number): Statement {
    while (!this.#tokens.is("block end") && !this.#tokens.is("end")) this.#tokens.next();
    return { kind: "other template", line, tag };
  }

  /** A name, names with commas between them, or, of `set`, `namespace.attribute`. */
  #target(end: () => boolean, withNamespace = false): Target {
    const items: Target[] = [];
    let isTuple = false;
    while (!this.#tokens.isOperator("=", ")") && !this.#tokens.is("block end") && !end()) {
      items.push(this.#targetItem(withNamespace));
      if (!this.#tokens.skip("operator", ",")) break;
      isTuple = true;
    }
    if (isTuple) return { kind: "targets", items };
    if (items.length === 0) throw this.#tokens.error(`Expected an expression, got ${describe(this.#tokens.current)}`);
    return items[0]!;
  }

  #targetItem(withNamespace: boolean): Target {
    if (this.#tokens.skip("operator", "(")) {
      const target = this.#target(() => false, withNamespace);
      this.#tokens.expect("operator", ")");
      return target;
    }
    const { text: name, line } = this.#tokens.expect("name");
    if (["true", "True", "false", "False", "none", "None"].includes(name)) throw this.#tokens.error(`can't assign to ${name}`, line);
    if (!withNamespace || !this.#tokens.skip("operator", ".")) return { kind: "target", name };
    return { kind: "namespace target", name, attribute: this.#tokens.expect("name").text };
  }
}
