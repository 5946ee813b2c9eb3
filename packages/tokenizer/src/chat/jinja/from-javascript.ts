import { PythonFloat } from "@cai/contracts";
import { JinjaError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { Dict, PythonObject, Tuple, type Value } from "./values.ts";

/**
 * What a template sees of a JavaScript value: null and undefined as None, a whole number or a bigint as an int, another number or a
 * `PythonFloat` as a float, an array as a list, a Map or an object's own properties as a dict.
 *
 * @throws JinjaError `TypeError` for a function, a symbol or an instance of another class
 */
export function fromJavaScript(value: unknown, meter: Meter): Value {
  meter.spend(1 / 8);
  switch (typeof value) {
    case "undefined":
      return null;
    case "boolean":
    case "string":
    case "bigint":
      return value;
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case "object":
      return fromObject(value, meter);
    default:
      throw new JinjaError("TypeError", `templates can be given plain data only, not a ${typeof value}`);
  }
}

function fromObject(value: object | null, meter: Meter): Value {
  if (value === null || value instanceof Tuple || value instanceof Dict || value instanceof PythonObject) return value;
  if (value instanceof PythonFloat) return value.value;
  if (Array.isArray(value)) return value.map((item) => fromJavaScript(item, meter));
  if (value instanceof Map) return dictOf(value, meter);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype as object) === null) return dictOf(Object.entries(value), meter);
  throw new JinjaError("TypeError", `templates can be given plain data only, not a ${value.constructor.name}`);
}

const dictOf = (entries: Iterable<readonly [unknown, unknown]>, meter: Meter): Dict =>
  Dict.of(
    Array.from(entries, ([key, item]) => [fromJavaScript(key, meter), fromJavaScript(item, meter)] as const),
    meter,
  );
