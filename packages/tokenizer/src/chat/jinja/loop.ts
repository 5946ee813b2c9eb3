import { equals } from "./comparison.ts";
import { iterate, lengthOf } from "./containers.ts";
import { isKind, typeError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { type Arguments, PythonFunction, PythonObject, Tuple, undefinedOf, type Value } from "./values.ts";

type Step = IteratorResult<Value, unknown>;

/** The variable `loop` of a `for`, which also takes its items one by one. */
export class Loop extends PythonObject {
  readonly typeName = "LoopContext";
  readonly #iterable: Value;
  readonly #meter: Meter;
  readonly #depth0: number;
  readonly #recurse: ((iterable: Value, depth0: number) => Value) | undefined;
  #iterator: Iterator<Value>;
  #index0 = -1;
  #length: number | undefined;
  #peeked: Step | undefined;
  #before: Value | undefined;
  #current: Value | undefined;
  #changed: Value | undefined;

  constructor(
    iterable: Value,
    options: { readonly meter: Meter; readonly depth0: number; readonly recurse: ((iterable: Value, depth0: number) => Value) | undefined },
  ) {
    super();
    this.#iterable = iterable;
    this.#meter = options.meter;
    this.#depth0 = options.depth0;
    this.#recurse = options.recurse;
    this.#iterator = iterate(iterable, options.meter);
  }

  /** The next item, or undefined behind the last one. */
  next(): Value | undefined {
    const step = this.#peek();
    if (step.done === true) return undefined;
    this.#peeked = undefined;
    this.#index0++;
    this.#before = this.#current;
    this.#current = step.value;
    return step.value;
  }

  #peek(): Step {
    this.#peeked ??= this.#iterator.next();
    return this.#peeked;
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case "index":
        return BigInt(this.#index0 + 1);
      case "index0":
        return BigInt(this.#index0);
      case "length":
        return BigInt(this.length());
      case "revindex":
        return BigInt(this.length() - this.#index0);
      case "revindex0":
        return BigInt(this.length() - this.#index0 - 1);
      case "first":
        return this.#index0 === 0;
      case "last":
        return this.#peek().done === true;
      case "depth":
        return BigInt(this.#depth0 + 1);
      case "depth0":
        return BigInt(this.#depth0);
      case "previtem":
        return this.#index0 === 0 ? undefinedOf("there is no previous item") : this.#before!;
      case "nextitem": {
        const step = this.#peek();
        return step.done === true ? undefinedOf("there is no next item") : step.value;
      }
      case "cycle":
        return new PythonFunction(({ positional }) => this.#cycle(positional), "method");
      case "changed":
        return new PythonFunction(({ positional }) => this.#hasChanged(new Tuple(positional)), "method");
      default:
        return undefined;
    }
  }

  #cycle(values: readonly Value[]): Value {
    if (values.length === 0) throw typeError("no items for cycling given");
    return values[this.#index0 % values.length]!;
  }

  #hasChanged(values: Tuple): boolean {
    if (this.#changed !== undefined && equals(this.#changed, values, this.#meter)) return false;
    this.#changed = values;
    return true;
  }

  /** Of what has no length of its own, the items are taken to count them. */
  override length(): number {
    this.#length ??= this.#lengthOfIterable() ?? this.#countRest();
    return this.#length;
  }

  #lengthOfIterable(): number | undefined {
    try {
      return lengthOf(this.#iterable, this.#meter);
    } catch (error) {
      if (isKind(error, "TypeError")) return undefined;
      throw error;
    }
  }

  #countRest(): number {
    const peeked = this.#peeked;
    const rest: Value[] = [];
    for (let step = this.#peek(); step.done !== true; step = this.#peek()) {
      rest.push(step.value);
      this.#peeked = undefined;
    }
    this.#iterator = rest[Symbol.iterator]();
    this.#peeked = peeked?.done === true ? peeked : undefined;
    return this.#index0 + 1 + rest.length;
  }

  override call({ positional }: Arguments): Value {
    if (this.#recurse === undefined) throw typeError("The loop must have the 'recursive' marker to be called recursively.");
    const [iterable] = positional;
    if (iterable === undefined || positional.length > 1) throw typeError("loop() takes the items to go through, and nothing else");
    return this.#recurse(iterable, this.#depth0 + 1);
  }

  override isCallable(): boolean {
    return true;
  }

  override repr(): string {
    return `<LoopContext ${this.#index0 + 1}/${this.length()}>`;
  }
}
