import { equals } from "./comparison.ts";
import { DictView, iterate, listOf } from "./containers.ts";
import { typeError, valueError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { Signature } from "./signature.ts";
import { sliceItems } from "./slices.ts";
import { Dict, orElse, PythonFunction, Tuple, typeName, type Value } from "./values.ts";

type Method<Self> = (self: Self, args: readonly (Value | undefined)[], meter: Meter) => Value;
type Methods<Self> = Readonly<Record<string, readonly [Signature, Method<Self>]>>;

const parameters = (name: string, text: string) => new Signature(name, text);

const dictMethods: Methods<Dict> = {
  get: [parameters("get", "key, default?, /"), (dict, [key, otherwise], meter) => orElse(dict.get(key!, meter), () => otherwise ?? null)],
  keys: [parameters("keys", ""), (dict) => new DictView(dict, "keys")],
  values: [parameters("values", ""), (dict) => new DictView(dict, "values")],
  items: [parameters("items", ""), (dict) => new DictView(dict, "items")],
  copy: [parameters("copy", ""), (dict, _, meter) => Dict.of(dict.entries(), meter)],
  fromkeys: [parameters("fromkeys", "iterable, value?, /"), (_, [keys, value], meter) => dictFromKeys(keys!, value ?? null, meter)],
};

const sequenceMethods: Methods<readonly Value[]> = {
  count: [parameters("count", "value, /"), (items, [value], meter) => BigInt(items.filter((item) => same(item, value!, meter)).length)],
  index: [parameters("index", "value, start?, stop?, /"), indexOf],
};

const listMethods: Methods<readonly Value[]> = {
  ...sequenceMethods,
  copy: [parameters("copy", ""), (items) => [...items]],
};

const changing = {
  dict: new Set(["clear", "pop", "popitem", "setdefault", "update"]),
  list: new Set(["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]),
};

/** A method of a list, a tuple or a dict; "unsafe" for those that change it, which the sandbox forbids. */
export function containerMethods(object: readonly Value[] | Tuple | Dict, name: string): Value | "unsafe" | undefined {
  if (object instanceof Dict) return changing.dict.has(name) ? "unsafe" : bound(dictMethods, object, name);
  if (object instanceof Tuple) {
    const place = object.names.indexOf(name);
    return place >= 0 ? object.items[place] : bound(sequenceMethods, object.items, name);
  }
  return changing.list.has(name) ? "unsafe" : bound(listMethods, object, name);
}

function bound<Self>(methods: Methods<Self>, self: Self, name: string): PythonFunction | undefined {
  if (!Object.hasOwn(methods, name)) return undefined;
  const [signature, method] = methods[name]!;
  return new PythonFunction((args, meter) => method(self, signature.bind(args), meter));
}

const same = (item: Value, value: Value, meter: Meter) => item === value || equals(item, value, meter);

function indexOf(items: readonly Value[], [value, start, stop]: readonly (Value | undefined)[], meter: Meter): Value {
  const positions = sliceItems([...items.keys()], start ?? null, stop ?? null, null);
  const found = positions.find((position) => same(items[position]!, value!, meter));
  if (found === undefined) throw valueError("the value is not in the list");
  return BigInt(found);
}

export function dictFromKeys(keys: Value, value: Value, meter: Meter): Dict {
  return Dict.of(
    Array.from(iterate(keys, meter), (key) => [key, value] as const),
    meter,
  );
}

/** Python's `dict(pairs or mapping)`. */
export function dictFrom(value: Value, meter: Meter): Dict {
  if (value instanceof Dict) return Dict.of(value.entries(), meter);
  const pairs = listOf(value, meter).map((pair, index): readonly [Value, Value] => {
    const items = listOf(pair, meter);
    if (items.length !== 2) throw valueError(`dictionary update sequence element #${index} has length ${items.length}; 2 is required`);
    return [items[0]!, items[1]!];
  });
  return Dict.of(pairs, meter);
}

export function requireDict(value: Value, what: string): Dict {
  if (value instanceof Dict) return value;
  throw typeError(`${what} is a ${typeName(value)}, not a mapping`);
}
