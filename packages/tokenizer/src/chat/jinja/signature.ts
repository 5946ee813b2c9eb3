import { typeError } from "./error.ts";
import { type Arguments, textOf, typeName, type Value } from "./values.ts";

/** The parameters of one of Python's functions: `"sep?, maxsplit?"`; those before a `/` have no names. */
export class Signature {
  readonly #function: string;
  readonly #names: readonly string[];
  readonly #required: number;
  readonly #nameless: number;

  constructor(functionName: string, parameters: string) {
    const all = parameters === "" ? [] : parameters.split(", ");
    const names = all.filter((name) => name !== "/");
    this.#function = functionName;
    this.#names = names.map((name) => name.replace("?", ""));
    this.#required = names.filter((name) => !name.endsWith("?")).length;
    this.#nameless = Math.max(0, all.indexOf("/"));
  }

  /** The values by their places; undefined where none is passed. A TypeError for what doesn't fit. */
  bind({ positional, named }: Arguments): readonly (Value | undefined)[] {
    if (named.size === 0 && positional.length >= this.#required && positional.length <= this.#names.length) return positional;
    const refuse = (what: string) => typeError(`${this.#function}() ${what}`);
    if (positional.length > this.#names.length) {
      throw refuse(`takes at most ${this.#names.length} arguments (${positional.length} given)`);
    }
    const values: (Value | undefined)[] = this.#names.map((_, index) => positional[index]);
    for (const [name, value] of named) {
      const index = this.#names.indexOf(name, this.#nameless);
      if (index < 0) throw refuse(`got an unexpected keyword argument '${name}'`);
      if (index < positional.length) throw refuse(`got multiple values for argument '${name}'`);
      values[index] = value;
    }
    const missing = this.#names.findIndex((_, index) => index < this.#required && values[index] === undefined);
    if (missing >= 0) throw refuse(`missing required argument: '${this.#names[missing]}'`);
    return values;
  }
}

/** An int that JavaScript can count with; far larger ones mean the same as 2^40. */
export function intArgument(value: Value): number {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "bigint") throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  const furthest = 2n ** 40n;
  return Number(value > furthest ? furthest : value < -furthest ? -furthest : value);
}

export function textArgument(value: Value, what: string): string {
  const text = textOf(value);
  if (text === undefined) throw typeError(`${what} must be str, not ${typeName(value)}`);
  return text;
}
