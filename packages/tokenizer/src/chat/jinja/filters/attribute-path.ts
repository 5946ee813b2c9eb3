import { getItem } from "../attributes.ts";
import type { Meter } from "../meter.ts";
import { textOf, Undefined, type Value } from "../values.ts";

export type Getter = (item: Value) => Value;

/** Looks up `"address.street"` or an index; null is the item itself. Integers in a path are indices. */
export function attributePath(path: Value, meter: Meter, otherwise: Value = null): Getter {
  const parts = partsOf(path);
  return (item) =>
    parts.reduce<Value>((value, part) => {
      const found = getItem(value, part, meter);
      return found instanceof Undefined && otherwise !== null ? otherwise : found;
    }, item);
}

/** Looks up several paths, separated by commas. */
export function attributePaths(paths: Value, meter: Meter): (item: Value) => Value[] {
  const text = textOf(paths);
  const getters = (text === undefined ? [paths] : text.split(",")).map((path) => attributePath(path, meter));
  return (item) => getters.map((getter) => getter(item));
}

function partsOf(path: Value): Value[] {
  const text = textOf(path);
  if (text === undefined) return path === null ? [] : [path];
  return text.split(".").map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
}

/** Text compares without its case, unless told otherwise. */
export const ignoringCase = (value: Value): Value => textOf(value)?.toLowerCase() ?? value;
