import { typeError } from "./error.ts";
import { frameNames } from "./frame-names.ts";
import type { Meter } from "./meter.ts";
import type { Expression, MacroDefinition } from "./nodes.ts";
import { Scope } from "./scope.ts";
import { type Arguments, Dict, orElse, PythonObject, Tuple, undefinedOf, type Value } from "./values.ts";
import { namesRead, parameterNames } from "./walk.ts";

/** What a macro needs of the rendering it belongs to. */
export interface MacroRuntime {
  readonly meter: Meter;
  evaluate(expression: Expression, scope: Scope): Value;
  render(body: MacroDefinition["body"], scope: Scope): string;
}

const special = ["caller", "kwargs", "varargs"];

/** A macro, or the block of a `call`: it sees the variables of where it is defined. */
export class Macro extends PythonObject {
  readonly typeName = "Macro";
  readonly #name: string | undefined;
  readonly #definition: MacroDefinition;
  readonly #names: readonly string[];
  readonly #takes: ReadonlySet<string>;
  readonly #scope: Scope;
  readonly #runtime: MacroRuntime;

  constructor(name: string | undefined, definition: MacroDefinition, scope: Scope, runtime: MacroRuntime) {
    super();
    this.#name = name;
    this.#definition = definition;
    this.#names = parameterNames(definition);
    this.#takes = specialNames(definition);
    this.#scope = scope;
    this.#runtime = runtime;
  }

  override attribute(name: string): Value | undefined {
    if (name === "name") return this.#name ?? null;
    if (name === "arguments") return new Tuple(this.#names);
    if (name === "catch_kwargs") return this.#takes.has("kwargs");
    if (name === "catch_varargs") return this.#takes.has("varargs");
    if (name === "caller") return this.#takes.has("caller");
    if (name === "explicit_caller") return this.#names.includes("caller");
    return undefined;
  }

  override call({ positional, named }: Arguments): Value {
    const scope = new Scope(this.#scope, frameNames(this.#definition.body, [...this.#names, ...this.#takes]));
    const rest = new Map(named);
    const passed = this.#names.map((name, index) => (index < positional.length ? positional[index] : take(rest, name)));
    if (this.#takes.has("caller") && !this.#names.includes("caller")) {
      scope.set(
        "caller",
        orElse(take(rest, "caller"), () => undefinedOf("No caller defined")),
      );
    }
    this.#refuseMore(positional, rest);
    const { meter } = this.#runtime;
    if (this.#takes.has("kwargs")) scope.set("kwargs", Dict.of(rest, meter));
    if (this.#takes.has("varargs")) scope.set("varargs", new Tuple(positional.slice(this.#names.length)));
    // A default sees the parameters before its own, and no variable that has the name of one behind it.
    for (const name of this.#names) scope.hide(name);
    return meter.deeper(() => {
      for (const [index, { target, otherwise }] of this.#definition.parameters.entries()) {
        scope.set(
          target.name,
          orElse(passed[index], () => this.#default(target.name, otherwise, scope)),
        );
      }
      return this.#runtime.render(this.#definition.body, scope);
    });
  }

  #refuseMore(positional: readonly Value[], named: ReadonlyMap<string, Value>): void {
    const name = `macro ${this.#name === undefined ? "None" : `'${this.#name}'`}`;
    const [unexpected] = named.keys();
    if (unexpected !== undefined && !this.#takes.has("kwargs")) throw typeError(`${name} takes no keyword argument '${unexpected}'`);
    if (positional.length > this.#names.length && !this.#takes.has("varargs")) {
      throw typeError(`${name} takes not more than ${this.#names.length} argument(s)`);
    }
  }

  #default(name: string, otherwise: Expression | undefined, scope: Scope): Value {
    return otherwise === undefined ? undefinedOf(`parameter '${name}' was not provided`) : this.#runtime.evaluate(otherwise, scope);
  }

  override isCallable(): boolean {
    return true;
  }

  override repr(): string {
    return `<Macro ${this.#name === undefined ? "anonymous" : `'${this.#name}'`}>`;
  }
}

const specialNamesOf = new WeakMap<MacroDefinition, ReadonlySet<string>>();

/** Kept, since a `call` block in a loop makes its macro anew each time. */
function specialNames(definition: MacroDefinition): ReadonlySet<string> {
  const known = specialNamesOf.get(definition);
  if (known !== undefined) return known;
  const parameters = parameterNames(definition);
  const own = special.filter((name) => name === "caller" || !parameters.includes(name));
  const names = namesRead(definition.body, own);
  specialNamesOf.set(definition, names);
  return names;
}

function take(values: Map<string, Value>, name: string): Value | undefined {
  const value = values.get(name);
  values.delete(name);
  return value;
}
