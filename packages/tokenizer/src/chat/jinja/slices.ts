import { typeError, valueError } from "./error.ts";
import { typeName, type Value } from "./values.ts";

/** Where a slice begins, how far it steps, and how many items it takes: Python's `slice.indices`. */
export interface SlicePositions {
  readonly first: number;
  /** The position behind the last one, in steps of `stride`. */
  readonly end: number;
  readonly stride: number;
  readonly count: number;
}

export function slicePositions(length: number, start: Value, stop: Value, step: Value): SlicePositions {
  const stride = bound(step) ?? 1;
  if (stride === 0) throw valueError("slice step cannot be zero");
  const lowest = stride > 0 ? 0 : -1;
  const highest = stride > 0 ? length : length - 1;
  const position = (value: Value, otherwise: number) => {
    const given = bound(value);
    if (given === undefined) return otherwise;
    return Math.min(Math.max(given < 0 ? given + length : given, lowest), highest);
  };
  const first = position(start, stride > 0 ? lowest : highest);
  const end = position(stop, stride > 0 ? highest : lowest);
  return { first, end, stride, count: Math.max(0, Math.ceil((end - first) / stride)) };
}

export function sliceItems<T>(items: readonly T[], start: Value, stop: Value, step: Value): T[] {
  const { first, end, stride, count } = slicePositions(items.length, start, stop, step);
  if (stride === 1) return items.slice(first, Math.max(first, end));
  return Array.from({ length: count }, (_, index) => items[first + index * stride]!);
}

/** Far beyond any length, so that all larger ints mean the same. */
const furthest = 2n ** 40n;

function bound(value: Value): number | undefined {
  if (value === null) return undefined;
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "bigint") throw typeError(`slice indices must be integers or None, not ${typeName(value)}`);
  return Number(value > furthest ? furthest : value < -furthest ? -furthest : value);
}
