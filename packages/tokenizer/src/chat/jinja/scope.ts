import type { FrameNames } from "./frame-names.ts";
import type { Value } from "./values.ts";

/** The variables of a block of a template. Those of the blocks around it can be read there, and never set. */
export class Scope {
  readonly #outer: Scope | undefined;
  readonly #names: FrameNames | undefined;
  /** Undefined for a name that is not set yet and hides the outer ones all the same. */
  readonly #variables = new Map<string, Value | undefined>();

  constructor(outer: Scope | undefined, names?: FrameNames) {
    this.#outer = outer;
    this.#names = names;
    for (const name of names?.setFirst ?? []) if (outer === undefined || !outer.#knows(name)) this.hide(name);
  }

  get(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      const value = scope.#variables.get(name);
      if (value !== undefined || scope.#variables.has(name)) return value;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** Makes a name undefined here, whatever it is outside. */
  hide(name: string): void {
    this.#variables.set(name, undefined);
  }

  #knows(name: string): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer)
      if (scope.#names?.all.has(name) === true) return true;
    return false;
  }
}
