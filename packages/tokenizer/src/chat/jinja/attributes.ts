import { containerMethods } from "./container-methods.ts";
import { Namespace, Range } from "./containers.ts";
import { isKind, JinjaError, typeError, unsupported } from "./error.ts";
import type { Meter } from "./meter.ts";
import { intArgument } from "./signature.ts";
import { sliceItems } from "./slices.ts";
import { codePointAt, sliceText } from "./text.ts";
import { textMethod } from "./text-methods.ts";
import { Dict, orElse, PythonObject, Tuple, textOf, typeName, Undefined, undefinedOf, type Value } from "./values.ts";

/** `object.name`: the attribute, or else the item of that name; undefined in Jinja's sense where there is neither. */
export function getAttribute(object: Value, name: string, meter: Meter): Value {
  if (object instanceof Undefined) throw object.error();
  const attribute = attributeOf(object, name, meter);
  return attribute === undefined ? orElse(itemOrNothing(object, name, meter), () => missing(object, name)) : attribute;
}

/** `object[key]`: the item, or else the attribute of that name. */
export function getItem(object: Value, key: Value, meter: Meter): Value {
  if (object instanceof Undefined) throw object.error();
  const item = itemOrNothing(object, key, meter);
  if (item !== undefined) return item;
  const name = textOf(key);
  return orElse(name === undefined ? undefined : attributeOf(object, name, meter), () => missing(object, key));
}

/** The attribute alone, as the filter `attr` takes it. */
export function attributeOnly(object: Value, name: string, meter: Meter): Value {
  if (object instanceof Undefined) throw object.error();
  return orElse(attributeOf(object, name, meter), () => missing(object, name));
}

/** `object[start:stop:step]`, which gives a text, a list, a tuple or a range. */
export function getSlice(object: Value, start: Value, stop: Value, step: Value, meter: Meter): Value {
  if (object instanceof Undefined) throw object.error();
  const text = textOf(object);
  if (text !== undefined) return sliceText(text, start, stop, step, meter);
  if (object instanceof Range) return object.slice(start, stop, step);
  if (object instanceof Dict) throw typeError("unhashable type: 'slice'");
  const items = Array.isArray(object) ? object : object instanceof Tuple ? object.items : undefined;
  if (items === undefined) throw typeError(`'${typeName(object)}' object is not subscriptable`);
  const slice = sliceItems(items, start, stop, step);
  meter.spend(slice.length / 8);
  return Array.isArray(object) ? slice : new Tuple(slice);
}

/** Undefined where Python raises a TypeError or a LookupError. */
function itemOrNothing(object: Value, key: Value, meter: Meter): Value | undefined {
  try {
    return itemOf(object, key, meter);
  } catch (error) {
    if (isKind(error, "TypeError", "IndexError", "KeyError")) return undefined;
    throw error;
  }
}

function itemOf(object: Value, key: Value, meter: Meter): Value | undefined {
  if (object instanceof Dict) return object.get(key, meter);
  const text = textOf(object);
  if (text !== undefined) return codePointAt(text, intArgument(key), meter);
  if (Array.isArray(object)) return object.at(intArgument(key));
  if (object instanceof Tuple) return object.items.at(intArgument(key));
  if (object instanceof Range) {
    const index = intArgument(key);
    const position = index < 0 ? index + object.length() : index;
    return position >= 0 && position < object.length() ? object.at(position) : undefined;
  }
  return object instanceof PythonObject ? object.item(key) : undefined;
}

/** Python's `getattr` on its own types; undefined where there is no such attribute. */
function attributeOf(object: Value, name: string, meter: Meter): Value | undefined {
  if (object instanceof Namespace) return object.get(name, meter);
  if (/^__\w+__$/.test(name) && objectAttributes.has(name)) return unsafe(object, name);
  const text = textOf(object);
  if (text !== undefined) return textMethod(object, text, name);
  if (Array.isArray(object) || object instanceof Tuple || object instanceof Dict) {
    const method = containerMethods(object, name);
    return method === "unsafe" ? unsafe(object, name) : method;
  }
  if (object instanceof Range) return object.attribute(name) ?? containerMethods(new Tuple([...object.items()]), name);
  if (object instanceof PythonObject) return object.attribute(name);
  if (object !== null && numberAttributes.has(name)) throw unsupported(`the attribute "${name}" of a ${typeName(object)}`);
  return undefined;
}

const numberAttributes = new Set(
  "as_integer_ratio bit_count bit_length conjugate denominator from_bytes fromhex hex imag is_integer numerator real to_bytes".split(" "),
);

const objectAttributes = new Set(
  (
    "class contains delattr delitem dict dir doc eq format ge getattribute getitem getstate gt hash init init_subclass iter le len lt " +
    "module ne new reduce reduce_ex repr setattr setitem sizeof str subclasshook weakref"
  )
    .split(" ")
    .map((name) => `__${name}__`),
);

/** What the sandbox keeps from templates: it prints as nothing, and using it fails. */
function unsafe(object: Value, name: string): Undefined {
  const message = `access to attribute '${name}' of '${typeName(object)}' object is unsafe.`;
  return new Undefined(() => new JinjaError("SecurityError", message));
}

function missing(object: Value, key: Value): Undefined {
  const type = object === null ? "None" : `${typeName(object)} object`;
  const name = textOf(key);
  const message = name === undefined ? `${type} has no element ${String(key)}` : `'${type}' has no attribute '${name}'`;
  return undefinedOf(message);
}
