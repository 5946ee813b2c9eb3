import { isTrue, iterate, listOf, Namespace } from "./containers.ts";
import { JinjaError, typeError, valueError } from "./error.ts";
import { Evaluator } from "./evaluate.ts";
import { frameNames, targetNames } from "./frame-names.ts";
import { Loop } from "./loop.ts";
import { Macro, type MacroRuntime } from "./macro.ts";
import type { Meter } from "./meter.ts";
import type { ForStatement, Statement, Target } from "./nodes.ts";
import { textFrom } from "./repr.ts";
import { Scope } from "./scope.ts";
import { Iteration, textOf, typeName, type Value } from "./values.ts";

/** What a statement does to the loop around it. */
type Completion = "break" | "continue" | undefined;

/** Runs the statements of a template. */
export class Executor extends Evaluator implements MacroRuntime {
  /** Where a block that is not scoped finds its variables: those of the template's outermost level. */
  readonly #root: Scope;

  constructor(meter: Meter, root: Scope) {
    super(meter);
    this.#root = root;
  }

  /** The text of statements that no loop around them hears of. */
  render(body: readonly Statement[], scope: Scope): string {
    const output = new Output(this.meter);
    this.#run(body, scope, output);
    return output.text;
  }

  #run(body: readonly Statement[], scope: Scope, output: Output): Completion {
    for (const statement of body) {
      try {
        const completion = this.#execute(statement, scope, output);
        if (completion !== undefined) return completion;
      } catch (error) {
        if (error instanceof JinjaError) error.line ??= statement.line;
        throw error;
      }
    }
    return undefined;
  }

  #execute(statement: Statement, scope: Scope, output: Output): Completion {
    this.meter.spend(1);
    switch (statement.kind) {
      case "output":
        for (const part of statement.parts) {
          output.write(typeof part === "string" ? part : textFrom(this.evaluate(part, scope), this.meter));
        }
        return undefined;
      case "if": {
        const branch = statement.branches.find(({ test }) => isTrue(this.evaluate(test, scope)));
        return this.#run(branch?.body ?? statement.otherwise, scope, output);
      }
      case "for":
        this.#for(statement, scope, output);
        return undefined;
      case "set":
        this.#checkNamespaces(statement.target, scope);
        this.#assign(statement.target, this.evaluate(statement.value, scope), scope);
        return undefined;
      case "macro":
        scope.set(statement.name, new Macro(statement.name, statement.macro, scope, this));
        return undefined;
      case "call block": {
        const caller = new Macro(undefined, statement.macro, scope, this);
        output.write(blockText(this.call(statement.call, scope, caller)));
        return undefined;
      }
      case "with": {
        const declared = statement.assignments.flatMap(([target]) => targetNames(target));
        const inner = new Scope(scope, frameNames(statement.body, declared));
        for (const [target, value] of statement.assignments) this.#assign(target, this.evaluate(value, scope), inner);
        return this.#run(statement.body, inner, output);
      }
      case "generation":
        output.write(this.render(statement.body, new Scope(scope, frameNames(statement.body, []))));
        return undefined;
      case "autoescape":
        return this.#run(statement.body, new Scope(scope, frameNames(statement.body, [])), output);
      case "block":
        output.write(this.render(statement.body, new Scope(statement.isScoped ? scope : this.#root, frameNames(statement.body, []))));
        return undefined;
      case "set block":
      case "filter block":
        return this.#captured(statement, scope, output);
      case "break":
      case "continue":
        return statement.kind;
      case "other template":
        throw new JinjaError("TypeError", `the tag '${statement.tag}' needs another template, which a chat template can't have`);
    }
  }

  /** A block whose text is filtered, or kept in a variable; that of one that a loop leaves early is lost. */
  #captured(statement: Statement & { readonly kind: "set block" | "filter block" }, scope: Scope, output: Output): Completion {
    const inner = new Scope(scope, frameNames(statement.body, []));
    const text = new Output(this.meter);
    const completion = this.#run(statement.body, inner, text);
    if (completion !== undefined) return completion;
    const value = statement.filter === undefined ? text.text : this.filtered(statement.filter, inner, text.text);
    if (statement.kind === "filter block") output.write(blockText(value));
    else {
      this.#checkNamespaces(statement.target, scope);
      this.#assign(statement.target, value, scope);
    }
    return undefined;
  }

  #for(statement: ForStatement, scope: Scope, output: Output): void {
    const iterable = this.evaluate(statement.iterable, scope);
    if (!statement.isRecursive) {
      this.#loop(statement, iterable, scope, output, 0);
      return;
    }
    const recurse = (inner: Value, depth0: number): string =>
      this.meter.deeper(() => {
        const text = new Output(this.meter);
        this.#loop(statement, inner, scope, text, depth0, recurse);
        return text.text;
      });
    output.write(recurse(iterable, 0));
  }

  #loop(
    statement: ForStatement,
    iterable: Value,
    scope: Scope,
    output: Output,
    depth0: number,
    recurse?: (iterable: Value, depth0: number) => Value,
  ): void {
    const items = statement.test === undefined ? iterable : new Iteration(this.#passing(statement, iterable, scope));
    const loop = new Loop(items, { meter: this.meter, depth0, recurse });
    const names = frameNames(statement.body, [...targetNames(statement.target), "loop"]);
    let isEmpty = true;
    for (let item = loop.next(); item !== undefined; item = loop.next()) {
      const inner = new Scope(scope, names);
      this.#assign(statement.target, item, inner);
      inner.set("loop", loop);
      const completion = this.#run(statement.body, inner, output);
      if (completion === "break") break;
      // As in Jinja, a round that `continue` cuts short leaves the loop as empty as it was.
      if (completion === undefined) isEmpty = false;
    }
    if (isEmpty) this.#run(statement.otherwise, new Scope(scope, frameNames(statement.otherwise, [])), output);
  }

  *#passing({ target, test }: ForStatement, iterable: Value, scope: Scope): Iterator<Value> {
    for (const item of iterate(iterable, this.meter)) {
      const inner = new Scope(scope);
      this.#assign(target, item, inner);
      if (isTrue(this.evaluate(test!, inner))) yield item;
    }
  }

  #checkNamespaces(target: Target, scope: Scope): void {
    if (target.kind === "targets") for (const item of target.items) this.#checkNamespaces(item, scope);
    if (target.kind === "namespace target" && !(scope.get(target.name) instanceof Namespace)) {
      throw new JinjaError("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
    }
  }

  #assign(target: Target, value: Value, scope: Scope): void {
    if (target.kind === "target") scope.set(target.name, value);
    else if (target.kind === "namespace target") (scope.get(target.name) as Namespace).set(target.attribute, value, this.meter);
    else {
      const { items } = target;
      const values = listOf(value, this.meter);
      if (values.length > items.length) throw valueError(`too many values to unpack (expected ${items.length})`);
      if (values.length < items.length) throw valueError(`not enough values to unpack (expected ${items.length}, got ${values.length})`);
      for (const [index, item] of items.entries()) this.#assign(item, values[index]!, scope);
    }
  }
}

/** Jinja joins what a block gives to the texts around it without making it one. */
function blockText(value: Value): string {
  const text = textOf(value);
  if (text === undefined) throw typeError(`a block gives a ${typeName(value)}, which is no text`);
  return text;
}

/** A text that grows. */
class Output {
  readonly #meter: Meter;
  text = "";

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  write(text: string): void {
    this.#meter.text(text.length);
    this.text += text;
    this.#meter.checkLength(this.text.length);
  }
}
