import type { ComparisonOperator } from "./comparison.ts";
import type { CallArguments, Comparison, Expression, FilterExpression, SliceExpression } from "./nodes.ts";
import type { BinaryOperator } from "./operators.ts";
import { describe, matches, type TokenStream } from "./token-stream.ts";
import type { Value } from "./values.ts";

const noArguments: CallArguments = { positional: [], named: [], spread: undefined, spreadNamed: undefined };
const comparisons = new Set<string>(["==", "!=", "<", "<=", ">", ">="]);
/** As of Python's ints. */
const maxDigits = 4300;
const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);

/** Jinja's expressions, by the precedence of its own parser. */
export class ExpressionParser {
  readonly #tokens: TokenStream;

  constructor(tokens: TokenStream) {
    this.#tokens = tokens;
  }

  /** Expressions with commas between them are a tuple. */
  tuple({ conditional = true, explicit = false, end = () => false }: TupleOptions = {}): Expression {
    const items: Expression[] = [];
    let isTuple = false;
    while (true) {
      if (items.length > 0) this.#tokens.expect("operator", ",");
      if (this.#tokens.is("variable end") || this.#tokens.is("block end") || this.#tokens.isOperator(")") || end()) break;
      items.push(this.expression(conditional));
      if (!this.#tokens.isOperator(",")) break;
      isTuple = true;
    }
    if (!isTuple && items.length > 0) return items[0]!;
    if (!isTuple && !explicit) throw this.#tokens.error(`Expected an expression, got ${describe(this.#tokens.current)}`);
    return { kind: "tuple", items };
  }

  expression(conditional = true): Expression {
    let expression = this.#or();
    while (conditional && this.#tokens.skip("name", "if")) {
      const test = this.#or();
      const otherwise = this.#tokens.skip("name", "else") ? this.expression() : undefined;
      expression = { kind: "conditional", test, consequent: expression, otherwise };
    }
    return expression;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#tokens.skip("name", "or")) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#tokens.skip("name", "and")) left = { kind: "and", left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    return this.#tokens.skip("name", "not") ? { kind: "not", operand: this.#not() } : this.#comparison();
  }

  #comparison(): Expression {
    const first = this.#sum();
    const rest: Comparison[] = [];
    for (let operator = this.#comparisonOperator(); operator !== undefined; operator = this.#comparisonOperator()) {
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #comparisonOperator(): ComparisonOperator | undefined {
    const { current, following } = this.#tokens;
    if (current.type === "operator" && comparisons.has(current.text)) return this.#tokens.next().text as ComparisonOperator;
    if (this.#tokens.skip("name", "in")) return "in";
    if (!matches(current, "name", "not") || !matches(following, "name", "in")) return undefined;
    this.#tokens.next();
    this.#tokens.next();
    return "not in";
  }

  #sum(): Expression {
    return this.#binary(["+", "-"], () => this.#concat());
  }

  #concat(): Expression {
    const parts = [this.#product()];
    while (this.#tokens.skip("operator", "~")) parts.push(this.#product());
    return parts.length === 1 ? parts[0]! : { kind: "concat", parts };
  }

  #product(): Expression {
    return this.#binary(["*", "/", "//", "%"], () => this.#power());
  }

  #power(): Expression {
    return this.#binary(["**"], () => this.#unary(true));
  }

  #binary(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    let left = operand();
    while (this.#tokens.isOperator(...operators)) {
      const operator = this.#tokens.next().text as BinaryOperator;
      left = { kind: "binary", operator, left, right: operand() };
    }
    return left;
  }

  #unary(withFilters: boolean): Expression {
    const sign = this.#tokens.isOperator("-", "+") ? this.#tokens.next().text : undefined;
    const operand: Expression =
      sign === undefined ? this.primary() : { kind: sign === "-" ? "negative" : "positive", operand: this.#unary(false) };
    const postfixed = this.#postfix(operand);
    return withFilters ? this.#filtersAndTests(postfixed) : postfixed;
  }

  primary(): Expression {
    const token = this.#tokens.current;
    if (this.#tokens.isOperator("[")) return { kind: "list", items: this.#listItems() };
    if (this.#tokens.isOperator("{")) return { kind: "dict", entries: this.#dictEntries() };
    this.#tokens.next();
    if (token.type === "name") {
      const constant = constants.get(token.text);
      return constant === undefined ? { kind: "name", name: token.text } : { kind: "constant", value: constant };
    }
    if (token.type === "string") {
      let text = token.text;
      while (this.#tokens.is("string")) text += this.#tokens.next().text;
      return { kind: "constant", value: text };
    }
    const plain = token.text.replaceAll("_", "");
    if (plain.length > maxDigits) throw this.#tokens.error(`a number of more than ${maxDigits} digits`, token.line);
    if (token.type === "integer") return { kind: "constant", value: BigInt(plain) };
    if (token.type === "float") return { kind: "constant", value: Number(plain) };
    if (!matches(token, "operator", "(")) throw this.#tokens.error(`unexpected ${describe(token)}`, token.line);
    const inner = this.tuple({ explicit: true });
    this.#tokens.expect("operator", ")");
    return inner;
  }

  #listItems(): Expression[] {
    const items: Expression[] = [];
    this.#tokens.expect("operator", "[");
    while (!this.#tokens.isOperator("]")) {
      if (items.length > 0) this.#tokens.expect("operator", ",");
      if (this.#tokens.isOperator("]")) break;
      items.push(this.expression());
    }
    this.#tokens.expect("operator", "]");
    return items;
  }

  #dictEntries(): [Expression, Expression][] {
    const entries: [Expression, Expression][] = [];
    this.#tokens.expect("operator", "{");
    while (!this.#tokens.isOperator("}")) {
      if (entries.length > 0) this.#tokens.expect("operator", ",");
      if (this.#tokens.isOperator("}")) break;
      const key = this.expression();
      this.#tokens.expect("operator", ":");
      entries.push([key, this.expression()]);
    }
    this.#tokens.expect("operator", "}");
    return entries;
  }

  #postfix(expression: Expression): Expression {
    let whole = expression;
    while (true) {
      if (this.#tokens.skip("operator", ".")) whole = this.#attribute(whole);
      else if (this.#tokens.isOperator("[")) whole = this.#subscript(whole);
      else if (this.#tokens.isOperator("(")) whole = { kind: "call", callee: whole, args: this.#callArguments() };
      else return whole;
    }
  }

  #attribute(object: Expression): Expression {
    const token = this.#tokens.next();
    if (token.type === "name") return { kind: "attribute", object, name: token.text };
    if (token.type !== "integer") throw this.#tokens.error("expected name or number", token.line);
    return { kind: "item", object, key: { kind: "constant", value: BigInt(token.text.replaceAll("_", "")) } };
  }

  #subscript(object: Expression): Expression {
    this.#tokens.expect("operator", "[");
    const keys: (Expression | SliceExpression)[] = [];
    while (!this.#tokens.isOperator("]")) {
      if (keys.length > 0) this.#tokens.expect("operator", ",");
      keys.push(this.#keyOrSlice(object));
    }
    this.#tokens.expect("operator", "]");
    const [key] = keys;
    if (keys.length === 1 && key !== undefined) return isSliceOf(object, key) ? key : { kind: "item", object, key };
    if (keys.some((each) => isSliceOf(object, each))) throw this.#tokens.error("a slice can't be one of several keys");
    return { kind: "item", object, key: { kind: "tuple", items: keys } };
  }

  #keyOrSlice(object: Expression): Expression | SliceExpression {
    const isBound = () => !this.#tokens.isOperator(":") && !this.#tokens.isOperator("]") && !this.#tokens.isOperator(",");
    const bound = () => (isBound() ? this.expression() : undefined);
    const start = this.#tokens.isOperator(":") ? undefined : this.expression();
    if (!this.#tokens.skip("operator", ":")) return start!;
    const stop = bound();
    const step = this.#tokens.skip("operator", ":") ? bound() : undefined;
    return { kind: "slice", object, start, stop, step };
  }

  #filtersAndTests(expression: Expression): Expression {
    let whole = expression;
    while (true) {
      if (this.#tokens.skip("operator", "|")) whole = this.filter(whole);
      else if (this.#tokens.skip("name", "is")) whole = this.#test(whole);
      else if (this.#tokens.isOperator("(")) whole = { kind: "call", callee: whole, args: this.#callArguments() };
      else return whole;
    }
  }

  /** A filter behind its `|`. */
  filter(input: Expression | undefined): FilterExpression {
    const name = this.#dottedName();
    return { kind: "filter", name, input, args: this.#tokens.isOperator("(") ? this.#callArguments() : noArguments };
  }

  #test(input: Expression): Expression {
    const isNegated = this.#tokens.skip("name", "not");
    const test: Expression = { kind: "test", name: this.#dottedName(), input, args: this.#testArguments() };
    return isNegated ? { kind: "not", operand: test } : test;
  }

  #testArguments(): CallArguments {
    if (this.#tokens.isOperator("(")) return this.#callArguments();
    const begins = ["name", "string", "integer", "float"].includes(this.#tokens.current.type) || this.#tokens.isOperator("[", "{");
    if (!begins || this.#tokens.isName("else", "or", "and")) return noArguments;
    if (this.#tokens.isName("is")) throw this.#tokens.error("You cannot chain multiple tests with is");
    return { ...noArguments, positional: [this.#postfix(this.primary())] };
  }

  #dottedName(): string {
    let name = this.#tokens.expect("name").text;
    while (this.#tokens.skip("operator", ".")) name += `.${this.#tokens.expect("name").text}`;
    return name;
  }

  #callArguments(): CallArguments {
    const { line } = this.#tokens.expect("operator", "(");
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    let spread: Expression | undefined;
    let spreadNamed: Expression | undefined;
    const ensure = (fits: boolean) => {
      if (!fits) throw this.#tokens.error("invalid syntax for function call expression", line);
    };
    for (let isFirst = true; !this.#tokens.isOperator(")"); isFirst = false) {
      if (!isFirst) this.#tokens.expect("operator", ",");
      if (this.#tokens.isOperator(")")) break;
      if (this.#tokens.skip("operator", "*")) {
        ensure(spread === undefined && spreadNamed === undefined);
        spread = this.expression();
      } else if (this.#tokens.skip("operator", "**")) {
        ensure(spreadNamed === undefined);
        spreadNamed = this.expression();
      } else if (this.#tokens.is("name") && matches(this.#tokens.following, "operator", "=")) {
        const name = this.#tokens.next().text;
        ensure(spreadNamed === undefined && named.every(([other]) => other !== name));
        this.#tokens.next();
        named.push([name, this.expression()]);
      } else {
        ensure(spread === undefined && spreadNamed === undefined && named.length === 0);
        positional.push(this.expression());
      }
    }
    this.#tokens.expect("operator", ")");
    return { positional, named, spread, spreadNamed };
  }
}

const isSliceOf = (object: Expression, key: Expression): key is SliceExpression => key.kind === "slice" && key.object === object;

/** Where a tuple without parentheses ends. */
export interface TupleOptions {
  readonly conditional?: boolean;
  /** In parentheses, where it may be empty. */
  readonly explicit?: boolean;
  readonly end?: () => boolean;
}
