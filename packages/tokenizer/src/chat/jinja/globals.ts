import { dictFrom, dictFromKeys } from "./container-methods.ts";
import { Cycler, Namespace, Range } from "./containers.ts";
import { JinjaError, typeError, unsupported } from "./error.ts";
import type { Meter } from "./meter.ts";
import { textFrom } from "./repr.ts";
import { Signature, textArgument } from "./signature.ts";
import { strftime } from "./strftime.ts";
import { type Arguments, Dict, PythonFunction, PythonObject, typeName, type Value } from "./values.ts";

const fn = (name: string, parameters: string, run: (passed: readonly (Value | undefined)[], meter: Meter) => Value) => {
  const signature = new Signature(name, parameters);
  return new PythonFunction((args, meter) => run(signature.bind(args), meter), "function");
};

function positionalOnly(name: string, positional: readonly Value[], named: ReadonlyMap<string, Value>): readonly Value[] {
  if (named.size > 0) throw typeError(`${name}() takes no keyword arguments`);
  return positional;
}

function rangeFrom(positional: readonly Value[], named: ReadonlyMap<string, Value>): Range {
  const bounds = positionalOnly("range", positional, named).map((bound) => {
    if (typeof bound === "boolean") return bound ? 1n : 0n;
    if (typeof bound === "bigint") return bound;
    throw typeError(`'${typeName(bound)}' object cannot be interpreted as an integer`);
  });
  const [first, second, third] = bounds;
  if (first === undefined || bounds.length > 3) throw typeError(`range expected 1 to 3 arguments, got ${bounds.length}`);
  return second === undefined ? new Range(0n, first, 1n) : new Range(first, second, third ?? 1n);
}

function dictFromArguments(name: string, { positional, named }: Arguments, meter: Meter): Dict {
  if (positional.length > 1) throw typeError(`${name} expected at most 1 argument, got ${positional.length}`);
  const [from] = positional;
  const dict = from === undefined ? new Dict() : dictFrom(from, meter);
  for (const [key, value] of named) dict.set(key, value, meter);
  return dict;
}

function joiner(separator: Value, meter: Meter): Value {
  const text = textFrom(separator, meter);
  let isUsed = false;
  return new PythonFunction(() => {
    const joint = isUsed ? text : "";
    isUsed = true;
    return joint;
  }, "Joiner");
}

/** `dict(…)`, and `dict.fromkeys`. */
class DictType extends PythonObject {
  readonly typeName = "TemplateDict";

  override attribute(name: string): Value | undefined {
    return name === "fromkeys"
      ? fn("fromkeys", "iterable, value?, /", ([keys, value], meter) => dictFromKeys(keys!, value ?? null, meter))
      : undefined;
  }

  override call(args: Arguments, meter: Meter): Value {
    return dictFromArguments("dict", args, meter);
  }

  override isCallable(): boolean {
    return true;
  }
}

function now(format: string, meter: Meter): string {
  meter.text(format.length);
  meter.spend(50 + format.length * 10);
  const text = strftime(new Date(), format);
  meter.text(text.length);
  return text;
}

/** What every chat template can call. */
export const globals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["range", new PythonFunction(({ positional, named }) => rangeFrom(positional, named), "function")],
  ["dict", new DictType()],
  ["namespace", new PythonFunction((args, meter) => new Namespace(dictFromArguments("namespace", args, meter)), "type")],
  ["cycler", new PythonFunction(({ positional, named }) => new Cycler(positionalOnly("cycler", positional, named)), "type")],
  ["joiner", fn("joiner", "sep?", ([separator], meter) => joiner(separator === undefined ? ", " : separator, meter))],
  [
    "lipsum",
    fn("lipsum", "n?, html?, min?, max?", () => {
      throw unsupported("lipsum, which is random,");
    }),
  ],
  [
    "raise_exception",
    fn("raise_exception", "message", ([message], meter) => {
      throw new JinjaError("TemplateError", textFrom(message!, meter));
    }),
  ],
  ["strftime_now", fn("strftime_now", "format", ([format], meter) => now(textArgument(format!, "the format"), meter))],
]);
