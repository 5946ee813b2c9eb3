import { isKind, JinjaError, typeError, valueError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { slicePositions } from "./slices.ts";
import { codePointLength, codePoints } from "./text.ts";
import { Dict, PythonFunction, PythonObject, Tuple, textOf, typeName, type Value } from "./values.ts";

/** Python's `len`. */
export function lengthOf(value: Value, meter: Meter): number {
  const text = textOf(value);
  if (text !== undefined) return codePointLength(text, meter);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Dict) return value.size;
  const length = value instanceof PythonObject ? value.length() : undefined;
  if (length === undefined) throw typeError(`object of type '${typeName(value)}' has no len()`);
  return length;
}

/** Python's `bool`. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (value instanceof PythonObject) return value.isTrue();
  return typeof value === "number" ? value !== 0 : Boolean(value);
}

/** Goes through a value as `for` does; each item costs a step. What was begun can be gone on with, as with Python's generators. */
export function iterate(value: Value, meter: Meter): IterableIterator<Value> {
  return metered(iteratorOf(value, meter), meter);
}

function* metered(iterator: Iterator<Value>, meter: Meter): IterableIterator<Value> {
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    meter.spend(1);
    yield next.value;
  }
}

/** Python's `iter`. */
function iteratorOf(value: Value, meter: Meter): Iterator<Value> {
  const text = textOf(value);
  if (text !== undefined) return codePoints(text, meter)[Symbol.iterator]();
  if (Array.isArray(value)) return value[Symbol.iterator]();
  if (value instanceof Tuple) return value.items[Symbol.iterator]();
  if (value instanceof Dict) return value.keys();
  if (value instanceof PythonObject) return value.iterate();
  throw typeError(`'${typeName(value)}' object is not iterable`);
}

/** Whether `iter` takes it. */
export function isIterable(value: Value, meter: Meter): boolean {
  try {
    iteratorOf(value, meter);
    return true;
  } catch (error) {
    if (isKind(error, "TypeError")) return false;
    throw error;
  }
}

export const listOf = (value: Value, meter: Meter): Value[] => [...iterate(value, meter)];

/** Of a list, a tuple or a range: `reversed`, an item or a slice of it needs no iterator. */
export function isSequence(value: Value): value is Value[] | Tuple | Range {
  return Array.isArray(value) || value instanceof Tuple || value instanceof Range;
}

const maxRange = 100_000;

/** Python's range, as Jinja's sandbox gives it: of at most 100,000 items. */
export class Range extends PythonObject {
  readonly typeName = "range";
  readonly #start: bigint;
  readonly #stop: bigint;
  readonly #step: bigint;
  readonly #length: number;

  constructor(start: bigint, stop: bigint, step: bigint) {
    super();
    if (step === 0n) throw valueError("range() arg 3 must not be zero");
    const span = step > 0n ? stop - start : start - stop;
    const size = step > 0n ? step : -step;
    const length = span <= 0n ? 0n : (span + size - 1n) / size;
    if (length > maxRange) {
      throw new JinjaError("OverflowError", `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${maxRange}).`);
    }
    this.#start = start;
    this.#stop = stop;
    this.#step = step;
    this.#length = Number(length);
  }

  at(index: number): bigint {
    return this.#start + BigInt(index) * this.#step;
  }

  slice(start: Value, stop: Value, step: Value): Range {
    const { first, end, stride } = slicePositions(this.#length, start, stop, step);
    return new Range(this.at(first), this.at(end), this.#step * BigInt(stride));
  }

  override attribute(name: string): Value | undefined {
    const own: Record<string, bigint> = { start: this.#start, stop: this.#stop, step: this.#step };
    return Object.hasOwn(own, name) ? own[name] : undefined;
  }

  *items(): IterableIterator<bigint> {
    for (let index = 0; index < this.#length; index++) yield this.at(index);
  }

  override iterate(): Iterator<Value> {
    return this.items();
  }

  override length(): number {
    return this.#length;
  }

  override repr(): string {
    return `range(${this.#start}, ${this.#stop}${this.#step === 1n ? "" : `, ${this.#step}`})`;
  }
}

/** What `dict.keys()`, `.values()` and `.items()` give: to be gone through any number of times. */
export class DictView extends PythonObject {
  readonly typeName: string;
  readonly #dict: Dict;
  readonly #part: "keys" | "values" | "items";

  constructor(dict: Dict, part: "keys" | "values" | "items") {
    super();
    this.#dict = dict;
    this.#part = part;
    this.typeName = `dict_${part}`;
  }

  override isHashable(): boolean {
    return this.#part === "values";
  }

  /** What `in` looks at; undefined where it goes through all. */
  keysOf(): Dict | undefined {
    return this.#part === "keys" ? this.#dict : undefined;
  }

  override *iterate(): Iterator<Value> {
    for (const [key, value] of this.#dict.entries()) {
      yield this.#part === "keys" ? key : this.#part === "values" ? value : new Tuple([key, value]);
    }
  }

  override length(): number {
    return this.#dict.size;
  }

  override repr(reprOf: (value: Value) => string): string {
    return `${this.typeName}(${reprOf([...{ [Symbol.iterator]: () => this.iterate() }])})`;
  }
}

/** What `namespace()` gives: the one thing whose attributes a template can set. */
export class Namespace extends PythonObject {
  readonly typeName = "Namespace";
  readonly #attributes: Dict;

  constructor(attributes: Dict) {
    super();
    for (const name of attributes.keys()) refuseUnderscore(name);
    this.#attributes = attributes;
  }

  set(name: string, value: Value, meter: Meter): void {
    refuseUnderscore(name);
    this.#attributes.set(name, value, meter);
  }

  get(name: string, meter: Meter): Value | undefined {
    return this.#attributes.get(name, meter);
  }

  override repr(reprOf: (value: Value) => string): string {
    return `<Namespace ${reprOf(this.#attributes)}>`;
  }
}

function refuseUnderscore(name: Value): void {
  const text = textOf(name);
  if (text?.startsWith("_") !== true) return;
  throw new JinjaError("SecurityError", `chat templates can't set "${text}", which begins with an underscore, on a namespace`);
}

/** What `cycler()` gives. */
export class Cycler extends PythonObject {
  readonly typeName = "Cycler";
  readonly #items: readonly Value[];
  #position = 0;

  constructor(items: readonly Value[]) {
    super();
    if (items.length === 0) throw new JinjaError("TemplateRuntimeError", "at least one item has to be provided");
    this.#items = items;
  }

  override attribute(name: string): Value | undefined {
    if (name === "current") return this.#items[this.#position]!;
    if (name === "items") return new Tuple(this.#items);
    if (name === "pos") return BigInt(this.#position);
    if (name === "next") return new PythonFunction(() => this.#next(), "method");
    if (name === "reset") return new PythonFunction(() => this.#reset(), "method");
    return undefined;
  }

  #next(): Value {
    const item = this.#items[this.#position]!;
    this.#position = (this.#position + 1) % this.#items.length;
    return item;
  }

  #reset(): Value {
    this.#position = 0;
    return null;
  }
}
