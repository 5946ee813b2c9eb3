import { DictView, iterate, Range } from "./containers.ts";
import { typeError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { numberOf } from "./operators.ts";
import { compareText } from "./text.ts";
import { Dict, Tuple, textOf, typeName, Undefined, type Value } from "./values.ts";

/** Python's `==`. */
export function equals(left: Value, right: Value, meter: Meter): boolean {
  meter.spend(1);
  if (left === right) return typeof left !== "number" || !Number.isNaN(left);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return equalNumbers(a, b);
  const [text, other] = [textOf(left), textOf(right)];
  if (text !== undefined || other !== undefined) {
    meter.text(Math.min(text?.length ?? 0, other?.length ?? 0));
    return text === other;
  }
  if (Array.isArray(left) && Array.isArray(right)) return equalItems(left, right, meter);
  if (left instanceof Tuple && right instanceof Tuple) return equalItems(left.items, right.items, meter);
  if (left instanceof Dict && right instanceof Dict) return equalDicts(left, right, meter);
  if (left instanceof Range && right instanceof Range) return equalItems([...iterate(left, meter)], [...iterate(right, meter)], meter);
  if (left instanceof DictView && right instanceof DictView) return equalViews(left, right, meter);
  return left instanceof Undefined && right instanceof Undefined;
}

// JavaScript's == compares an int with a float by their exact values, as Python does.
const equalNumbers = (left: bigint | number, right: bigint | number): boolean =>
  // biome-ignore lint/suspicious/noDoubleEquals: an int and a float are never ===.
  left == right;

function equalItems(left: readonly Value[], right: readonly Value[], meter: Meter): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index] || equals(item, right[index]!, meter));
}

function equalDicts(left: Dict, right: Dict, meter: Meter): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left.entries()) {
    const other = right.get(key, meter);
    if (other === undefined || (value !== other && !equals(value, other, meter))) return false;
  }
  return true;
}

/** Keys and items compare as sets; values only by what they are. */
function equalViews(left: DictView, right: DictView, meter: Meter): boolean {
  if (left.typeName === "dict_values" || right.typeName === "dict_values" || left.length() !== right.length()) return false;
  const others = [...iterate(right, meter)];
  return [...iterate(left, meter)].every((item) => others.some((other) => equals(item, other, meter)));
}

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export function compare(operator: ComparisonOperator, left: Value, right: Value, meter: Meter): boolean {
  switch (operator) {
    case "==":
      return equals(left, right, meter);
    case "!=":
      return !equals(left, right, meter);
    case "in":
      return contains(right, left, meter);
    case "not in":
      return !contains(right, left, meter);
    default: {
      const order = orderOf(operator, left, right, meter);
      if (order === undefined) return false;
      return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[operator];
    }
  }
}

export const isLess = (left: Value, right: Value, meter: Meter): boolean => compare("<", left, right, meter);

/** Below 0 where left comes first; undefined where one is no number (NaN). */
function orderOf(operator: string, left: Value, right: Value, meter: Meter): number | undefined {
  meter.spend(1);
  for (const operand of [left, right]) if (operand instanceof Undefined) throw operand.error();
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : equalNumbers(a, b) ? 0 : undefined;
  const [text, other] = [textOf(left), textOf(right)];
  if (text !== undefined && other !== undefined) return compareText(text, other, meter);
  const [items, others] = [itemsOf(left), itemsOf(right)];
  if (items !== undefined && others !== undefined && Array.isArray(left) === Array.isArray(right)) {
    const differs = items.findIndex((item, index) => index >= others.length || !equals(item, others[index]!, meter));
    if (differs < 0 || differs >= others.length) return items.length - others.length;
    return orderOf(operator, items[differs]!, others[differs]!, meter);
  }
  throw typeError(`'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`);
}

const itemsOf = (value: Value): readonly Value[] | undefined =>
  Array.isArray(value) ? value : value instanceof Tuple ? value.items : undefined;

/** Python's `item in container`. */
export function contains(container: Value, item: Value, meter: Meter): boolean {
  const text = textOf(container);
  if (text !== undefined) {
    const part = textOf(item);
    if (part === undefined) throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    meter.text(text.length);
    return text.includes(part);
  }
  if (container instanceof Dict) return container.has(item, meter);
  const keys = container instanceof DictView ? container.keysOf() : undefined;
  if (keys !== undefined) return keys.has(item, meter);
  for (const other of iterate(container, meter)) if (other === item || equals(other, item, meter)) return true;
  return false;
}

/** Python's `sorted`: stable, by keys that are compared with `<` alone. */
export function sortBy<T>(items: readonly T[], keyOf: (item: T) => Value, reverse: boolean, meter: Meter): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const order = (a: Value, b: Value) => (isLess(a, b, meter) ? -1 : isLess(b, a, meter) ? 1 : 0);
  keyed.sort((a, b) => (reverse ? order(b.key, a.key) : order(a.key, b.key)));
  return keyed.map(({ item }) => item);
}
