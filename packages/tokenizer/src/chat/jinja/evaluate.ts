import { getAttribute, getItem, getSlice } from "./attributes.ts";
import { compare } from "./comparison.ts";
import { dictFrom } from "./container-methods.ts";
import { isTrue, listOf } from "./containers.ts";
import { JinjaError, typeError, unsupported } from "./error.ts";
import type { FilterRuntime } from "./filters/filter.ts";
import { filters } from "./filters/index.ts";
import type { Meter } from "./meter.ts";
import type { CallArguments, CallExpression, Expression, FilterExpression } from "./nodes.ts";
import { binary, concatenateTexts, negative, positive } from "./operators.ts";
import type { Scope } from "./scope.ts";
import { tests } from "./tests.ts";
import { type Arguments, Dict, orElse, PythonObject, Tuple, textOf, typeName, type Undefined, undefinedOf, type Value } from "./values.ts";

/** What calling something takes, beside its arguments. */
const stepsOfCall = 3;

/** Evaluates the expressions of a template. */
export class Evaluator implements FilterRuntime {
  readonly meter: Meter;

  constructor(meter: Meter) {
    this.meter = meter;
  }

  evaluate(expression: Expression, scope: Scope): Value {
    const { meter } = this;
    meter.spend(1);
    switch (expression.kind) {
      case "constant":
        return expression.value;
      case "name":
        return orElse(scope.get(expression.name), () => undefinedName(expression.name));
      case "list":
        return this.#all(expression.items, scope);
      case "tuple":
        return new Tuple(this.#all(expression.items, scope));
      case "dict":
        return this.#dict(expression.entries, scope);
      case "conditional":
        if (isTrue(this.evaluate(expression.test, scope))) return this.evaluate(expression.consequent, scope);
        return expression.otherwise === undefined ? noElse() : this.evaluate(expression.otherwise, scope);
      case "and": {
        const left = this.evaluate(expression.left, scope);
        return isTrue(left) ? this.evaluate(expression.right, scope) : left;
      }
      case "or": {
        const left = this.evaluate(expression.left, scope);
        return isTrue(left) ? left : this.evaluate(expression.right, scope);
      }
      case "not":
        return !isTrue(this.evaluate(expression.operand, scope));
      case "negative":
        return negative(this.evaluate(expression.operand, scope));
      case "positive":
        return positive(this.evaluate(expression.operand, scope));
      case "binary": {
        const left = this.evaluate(expression.left, scope);
        return binary(expression.operator, left, this.evaluate(expression.right, scope), meter);
      }
      case "concat":
        return concatenateTexts(this.#all(expression.parts, scope), meter);
      case "compare":
        return this.#compare(expression, scope);
      case "attribute":
        return getAttribute(this.evaluate(expression.object, scope), expression.name, meter);
      case "item": {
        const object = this.evaluate(expression.object, scope);
        return getItem(object, this.evaluate(expression.key, scope), meter);
      }
      case "slice": {
        const object = this.evaluate(expression.object, scope);
        const [start, stop, step] = [expression.start, expression.stop, expression.step].map((bound) =>
          bound === undefined ? null : this.evaluate(bound, scope),
        );
        return getSlice(object, start!, stop!, step!, meter);
      }
      case "call":
        return this.call(expression, scope);
      case "filter":
        return this.filtered(expression, scope, "");
      case "test": {
        const input = this.evaluate(expression.input, scope);
        return this.test(expression.name, input, this.#arguments(expression.args, scope));
      }
    }
  }

  /** @param caller What a `call` block passes on. */
  call({ callee, args }: CallExpression, scope: Scope, caller?: Value): Value {
    this.meter.spend(stepsOfCall);
    const callable = this.evaluate(callee, scope);
    const passed = this.#arguments(args, scope);
    if (caller !== undefined && passed.named.has("caller")) throw typeError("got multiple values for keyword argument 'caller'");
    const named = caller === undefined ? passed.named : new Map([...passed.named, ["caller", caller] as const]);
    if (callable instanceof PythonObject) return callable.call({ positional: passed.positional, named }, this.meter);
    throw typeError(`'${typeName(callable)}' object is not callable`);
  }

  /** @param text What the first of a block's filters takes. */
  filtered({ name, input, args }: FilterExpression, scope: Scope, text: string): Value {
    const value = input === undefined ? text : input.kind === "filter" ? this.filtered(input, scope, text) : this.evaluate(input, scope);
    return this.filter(name, value, this.#arguments(args, scope));
  }

  filter(name: string, input: Value, args: Arguments): Value {
    this.meter.spend(stepsOfCall);
    const filter = filters.get(name);
    if (filter === undefined) throw new JinjaError("TemplateRuntimeError", `No filter named '${name}'.`);
    return filter(input, args, this);
  }

  test(name: string, input: Value, args: Arguments): boolean {
    const test = tests.get(name);
    if (test === undefined) throw new JinjaError("TemplateRuntimeError", `No test named '${name}'.`);
    this.meter.spend(stepsOfCall);
    return test(input, args, this.meter);
  }

  #all(expressions: readonly Expression[], scope: Scope): Value[] {
    return expressions.map((expression) => this.evaluate(expression, scope));
  }

  #dict(entries: readonly (readonly [Expression, Expression])[], scope: Scope): Dict {
    const dict = new Dict();
    for (const [key, value] of entries) dict.set(this.evaluate(key, scope), this.evaluate(value, scope), this.meter);
    return dict;
  }

  /** `a < b < c` compares b with both, and evaluates it once. */
  #compare({ first, rest }: Expression & { readonly kind: "compare" }, scope: Scope): boolean {
    let left = this.evaluate(first, scope);
    for (const { operator, operand } of rest) {
      const right = this.evaluate(operand, scope);
      if (!compare(operator, left, right, this.meter)) return false;
      left = right;
    }
    return true;
  }

  #arguments({ positional, named, spread, spreadNamed }: CallArguments, scope: Scope): Arguments {
    const values = this.#all(positional, scope);
    if (spread !== undefined) values.push(...listOf(this.evaluate(spread, scope), this.meter));
    const byName = new Map(named.map(([name, value]) => [name, this.evaluate(value, scope)]));
    if (spreadNamed !== undefined) {
      for (const [key, value] of dictFrom(this.evaluate(spreadNamed, scope), this.meter).entries()) {
        const name = textOf(key);
        if (name === undefined) throw typeError("keywords must be strings");
        if (byName.has(name)) throw typeError(`got multiple values for keyword argument '${name}'`);
        byName.set(name, value);
      }
    }
    return { positional: values, named: byName };
  }
}

function undefinedName(name: string): Undefined {
  if (name === "self") throw unsupported('the variable "self"');
  return undefinedOf(`'${name}' is undefined`);
}

const noElse = () => undefinedOf("the inline if-expression evaluated to false and no else section was defined.");
