import { JinjaError, typeError, unsupported } from "./error.ts";
import type { Meter } from "./meter.ts";

/**
 * A Python value. `bigint` is an int and `number` a float, so that 1 and 1.0 stay apart; an array is a list. Python's `str` is a
 * JavaScript string, which the functions of text.ts count in code points.
 */
export type Value = null | boolean | bigint | number | string | Value[] | Tuple | Dict | PythonObject;

/** A value, or another where there is none; `??` would take None for none. */
export const orElse = (value: Value | undefined, otherwise: () => Value): Value => (value === undefined ? otherwise() : value);

/** What a call passes. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** A value that is none of JSON's. What it can't do is a TypeError, as in Python. */
export abstract class PythonObject {
  abstract readonly typeName: string;

  /** As `getattr` finds it; undefined where there is none. */
  attribute(_name: string): Value | undefined {
    return undefined;
  }

  item(_key: Value): Value | undefined {
    throw typeError(`'${this.typeName}' object is not subscriptable`);
  }

  call(_args: Arguments, _meter: Meter): Value {
    throw typeError(`'${this.typeName}' object is not callable`);
  }

  iterate(): Iterator<Value> {
    throw typeError(`'${this.typeName}' object is not iterable`);
  }

  /** Undefined where `len` is a TypeError. */
  length(): number | undefined {
    return undefined;
  }

  isCallable(): boolean {
    return false;
  }

  /** Whether it can be a key of a dict. */
  isHashable(): boolean {
    return true;
  }

  isTrue(): boolean {
    return this.length() !== 0;
  }

  /** Python prints the address in memory of most objects, which no two runs have in common. */
  repr(_reprOf: (value: Value) => string): string {
    throw unsupported(`printing a ${this.typeName}, which in Python shows its address in memory,`);
  }
}

export class Tuple {
  readonly items: readonly Value[];
  /** Of a named tuple, as the filter groupby makes. */
  readonly names: readonly string[];

  constructor(items: readonly Value[], names: readonly string[] = []) {
    this.items = items;
    this.names = names;
  }
}

/** Python's dict: in the order of insertion, and 1, 1.0 and True are the same key. */
export class Dict {
  readonly #entries = new Map<unknown, [key: Value, value: Value]>();

  static of(entries: Iterable<readonly [Value, Value]>, meter: Meter): Dict {
    const dict = new Dict();
    for (const [key, value] of entries) dict.set(key, value, meter);
    return dict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value, meter: Meter): Value | undefined {
    return this.#entries.get(identity(key, meter))?.[1];
  }

  has(key: Value, meter: Meter): boolean {
    return this.#entries.has(identity(key, meter));
  }

  /** The first of equal keys stays. */
  set(key: Value, value: Value, meter: Meter): void {
    meter.spend(1);
    const id = identity(key, meter);
    const entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, [key, value]);
    else entry[1] = value;
  }

  *keys(): IterableIterator<Value> {
    for (const [key] of this.#entries.values()) yield key;
  }

  entries(): IterableIterator<[key: Value, value: Value]> {
    return this.#entries.values();
  }
}

/** What is the same for values that are equal, as Python's hash; a TypeError for those that have none. */
export function identity(value: Value, meter: Meter): unknown {
  const text = textOf(value);
  if (text !== undefined) return text.startsWith("\0") ? `\0${text}` : text;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (value instanceof Tuple) {
    meter.spend(value.items.length);
    return `\0(${value.items.map((item) => partOfIdentity(item, meter)).join()})`;
  }
  if (Array.isArray(value) || value instanceof Dict || (value instanceof PythonObject && !value.isHashable()))
    throw typeError(`unhashable type: '${typeName(value)}'`);
  return value instanceof Undefined ? undefined : value;
}

function partOfIdentity(value: Value, meter: Meter): string {
  const id = identity(value, meter);
  if (typeof id === "object" && id !== null) throw unsupported(`a ${typeName(value)} within a key`);
  const text = typeof id === "string" ? JSON.stringify(id) : `${typeof id}${String(id)}`;
  meter.text(text.length);
  return text;
}

/** A `str` that counts as HTML already: what `safe` and `escape` give. Joined to another text with `+`, it escapes that. */
export class Markup extends PythonObject {
  readonly typeName = "Markup";
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override isTrue(): boolean {
    return this.text !== "";
  }

  override repr(reprOf: (value: Value) => string): string {
    return `Markup(${reprOf(this.text)})`;
  }
}

/** The text of a `str`, or undefined for any other value. */
export const textOf = (value: Value): string | undefined =>
  typeof value === "string" ? value : value instanceof Markup ? value.text : undefined;

/** Jinja's undefined: it prints as nothing, counts as empty, and whatever else is done with it fails. */
export class Undefined extends PythonObject {
  readonly typeName = "Undefined";
  readonly error: () => JinjaError;

  constructor(error: () => JinjaError) {
    super();
    this.error = error;
  }

  override call(): Value {
    throw this.error();
  }

  override iterate(): Iterator<Value> {
    return [][Symbol.iterator]();
  }

  override length(): number {
    return 0;
  }

  override isCallable(): boolean {
    return true;
  }

  override repr(): string {
    return "Undefined";
  }
}

/** The usual undefined: whatever is done with it fails with this message. */
export const undefinedOf = (message: string): Undefined => new Undefined(() => new JinjaError("UndefinedError", message));

/** A function or method of Python's. */
export class PythonFunction extends PythonObject {
  readonly typeName: string;
  readonly #call: (args: Arguments, meter: Meter) => Value;

  constructor(call: (args: Arguments, meter: Meter) => Value, typeName = "builtin_function_or_method") {
    super();
    this.#call = call;
    this.typeName = typeName;
  }

  override call(args: Arguments, meter: Meter): Value {
    return this.#call(args, meter);
  }

  override isCallable(): boolean {
    return true;
  }
}

/** Python's generators and iterators: to be gone through once. */
export class Iteration extends PythonObject {
  readonly typeName = "generator";
  readonly #iterator: Iterator<Value>;

  constructor(iterator: Iterator<Value>) {
    super();
    this.#iterator = iterator;
  }

  override iterate(): Iterator<Value> {
    return this.#iterator;
  }
}

export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (value instanceof Tuple) return "tuple";
  if (value instanceof Dict) return "dict";
  if (value instanceof PythonObject) return value.typeName;
  const names = { boolean: "bool", bigint: "int", number: "float", string: "str" } as const;
  return names[typeof value as keyof typeof names];
}
