import { attributeOnly } from "../attributes.ts";
import { DictView, isTrue, iterate, lengthOf, listOf, Range } from "../containers.ts";
import { JinjaError, typeError } from "../error.ts";
import type { Meter } from "../meter.ts";
import { intArgument, textArgument } from "../signature.ts";
import { codePoints } from "../text.ts";
import {
  type Arguments,
  Dict,
  Iteration,
  identity,
  orElse,
  Tuple,
  textOf,
  typeName,
  Undefined,
  undefinedOf,
  type Value,
} from "../values.ts";
import { attributePath, type Getter, ignoringCase } from "./attribute-path.ts";
import { type Filter, type FilterRuntime, filter } from "./filter.ts";

type Passed = readonly (Value | undefined)[];

/** A filter that gives its items one by one, and looks at its arguments only when the first is asked for. */
const lazy =
  (items: (input: Value, args: Arguments, runtime: FilterRuntime) => Iterator<Value>): Filter =>
  (input, args, runtime) =>
    new Iteration(items(input, args, runtime));

export const selectionFilters: Readonly<Record<string, Filter>> = {
  attr: filter("name", (input, [name], { meter }) => attributeOnly(input, textArgument(name!, "the attribute's name"), meter)),
  batch: filter("linecount, fill_with?", (input, passed, { meter }) => new Iteration(batches(input, passed, meter))),
  default: filter("default_value?, boolean?", (input, [otherwise, boolean]) =>
    input instanceof Undefined || (isTrue(boolean ?? false) && !isTrue(input)) ? orElse(otherwise, () => "") : input,
  ),
  first: filter("", (input, _, { meter }) => {
    const first = iterate(input, meter).next();
    return first.done === true ? undefinedOf("No first item, sequence was empty.") : first.value;
  }),
  items: filter("", (input) => new Iteration(itemsOf(input))),
  last: filter("", (input, _, { meter }) => {
    const last = input instanceof Undefined ? [] : reversed(input, meter);
    if (last === undefined) throw typeError(`'${typeName(input)}' object is not reversible`);
    return orElse(last[0], () => undefinedOf("No last item, sequence was empty."));
  }),
  length: filter("", (input, _, { meter }) => BigInt(lengthOf(input, meter))),
  list: filter("", (input, _, { meter }) => listOf(input, meter)),
  map: lazy(mapped),
  reject: lazy((input, args, runtime) => selected(input, args, runtime, { byAttribute: false, wanted: false })),
  rejectattr: lazy((input, args, runtime) => selected(input, args, runtime, { byAttribute: true, wanted: false })),
  reverse: filter("", reverse),
  select: lazy((input, args, runtime) => selected(input, args, runtime, { byAttribute: false, wanted: true })),
  selectattr: lazy((input, args, runtime) => selected(input, args, runtime, { byAttribute: true, wanted: true })),
  slice: filter("slices, fill_with?", (input, passed, { meter }) => new Iteration(slices(input, passed, meter))),
  unique: filter("case_sensitive?, attribute?", (input, passed, { meter }) => new Iteration(unique(input, passed, meter))),
};

const badArgument = (message: string) => new JinjaError("FilterArgumentError", message);

function* mapped(input: Value, args: Arguments, runtime: FilterRuntime): Iterator<Value> {
  if (!isTrue(input)) return;
  const change = mapping(args, runtime);
  for (const item of iterate(input, runtime.meter)) yield change(item);
}

function mapping({ positional, named }: Arguments, runtime: FilterRuntime): Getter {
  const [name, ...rest] = positional;
  if (name !== undefined) {
    const args = { positional: rest, named };
    return (item) => runtime.filter(textArgument(name, "the filter's name"), item, args);
  }
  const attribute = named.get("attribute");
  if (attribute === undefined) throw badArgument("map requires a filter argument");
  const unexpected = [...named.keys()].find((key) => key !== "attribute" && key !== "default");
  if (unexpected !== undefined) throw badArgument(`Unexpected keyword argument '${unexpected}'`);
  return attributePath(attribute, runtime.meter, named.get("default"));
}

function* selected(
  input: Value,
  { positional, named }: Arguments,
  runtime: FilterRuntime,
  { byAttribute, wanted }: { readonly byAttribute: boolean; readonly wanted: boolean },
): Iterator<Value> {
  if (!isTrue(input)) return;
  if (byAttribute && positional.length === 0) throw badArgument("Missing parameter for attribute name");
  const getter: Getter = byAttribute ? attributePath(positional[0]!, runtime.meter) : (item) => item;
  const [name, ...rest] = byAttribute ? positional.slice(1) : positional;
  const passes = (value: Value) =>
    name === undefined ? isTrue(value) : runtime.test(textArgument(name, "the test's name"), value, { positional: rest, named });
  for (const item of iterate(input, runtime.meter)) if (passes(getter(item)) === wanted) yield item;
}

function* itemsOf(input: Value): Iterator<Value> {
  if (input instanceof Undefined) return;
  if (!(input instanceof Dict)) throw typeError("Can only get item pairs from a mapping.");
  for (const entry of input.entries()) yield new Tuple([...entry]);
}

/** Undefined for what Python's `reversed` doesn't take. */
function reversed(value: Value, meter: Meter): Value[] | undefined {
  const text = textOf(value);
  if (text !== undefined) return codePoints(text, meter).reverse();
  if (!(Array.isArray(value) || value instanceof Tuple || value instanceof Dict || value instanceof Range || value instanceof DictView)) {
    return undefined;
  }
  return listOf(value, meter).reverse();
}

function reverse(input: Value, _: Passed, { meter }: FilterRuntime): Value {
  const items = reversed(input, meter);
  if (textOf(input) !== undefined) return items!.join("");
  if (items !== undefined) return new Iteration(items[Symbol.iterator]());
  if (input instanceof Undefined) return new Iteration(input.iterate());
  if (input instanceof Iteration) return listOf(input, meter).reverse();
  throw badArgument("argument must be iterable");
}

function* unique(input: Value, [caseSensitive, attribute]: Passed, meter: Meter): Iterator<Value> {
  const getter = attributePath(attribute ?? null, meter);
  const seen = new Set<unknown>();
  for (const item of iterate(input, meter)) {
    const key = getter(item);
    const id = identity(isTrue(caseSensitive ?? false) ? key : ignoringCase(key), meter);
    if (seen.has(id)) continue;
    seen.add(id);
    yield item;
  }
}

function* batches(input: Value, [lineCount, fill]: Passed, meter: Meter): Iterator<Value> {
  const size = intArgument(lineCount!);
  let batch: Value[] = [];
  for (const item of iterate(input, meter)) {
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  if ((fill ?? null) !== null && batch.length < size) {
    meter.spend(size);
    while (batch.length < size) batch.push(fill!);
  }
  yield batch;
}

function* slices(input: Value, [count, fill]: Passed, meter: Meter): Iterator<Value> {
  const items = listOf(input, meter);
  const sliceCount = intArgument(count!);
  if (sliceCount === 0) throw new JinjaError("ZeroDivisionError", "integer division or modulo by zero");
  const size = Math.floor(items.length / sliceCount);
  const longer = items.length % sliceCount;
  let start = 0;
  for (let index = 0; index < sliceCount; index++) {
    meter.spend(1);
    const end = start + size + (index < longer ? 1 : 0);
    const slice = items.slice(start, end);
    if ((fill ?? null) !== null && index >= longer) slice.push(fill!);
    yield slice;
    start = end;
  }
}
