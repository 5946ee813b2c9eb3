import { iterate } from "./containers.ts";
import { typeError, unsupported, valueError } from "./error.ts";
import { escapeHtml } from "./html.ts";
import type { Meter } from "./meter.ts";
import { intArgument, Signature, textArgument } from "./signature.ts";
import { slicePositions } from "./slices.ts";
import { formatWith } from "./str-format.ts";
import { codePointIndex, codePointLength, codePoints, splitLines, strip } from "./text.ts";
import { capitalize, caseFold, characterTests, swapCase, titleCase } from "./text-case.ts";
import { split, splitAt } from "./text-split.ts";
import { Dict, Markup, PythonFunction, Tuple, textOf, typeName, type Value } from "./values.ts";

type Passed = readonly (Value | undefined)[];
type Method = (text: string, passed: Passed, meter: Meter) => Value;

const stripped =
  (sides: "both" | "left" | "right"): Method =>
  (text, [characters], meter) => {
    meter.text(text.length);
    return strip(text, (characters ?? null) === null ? null : textArgument(characters!, "strip arg"), sides);
  };

/** @param effort Steps for each character. */
const cased =
  (change: (text: string) => string, effort = 0): Method =>
  (text, _, meter) => {
    meter.text(text.length * 3);
    meter.spend(text.length * effort);
    return change(text);
  };

const padded =
  (pad: (text: string, missing: number, fill: string) => string): Method =>
  (text, [width, fill], meter) => {
    const character = fill === undefined ? " " : textArgument(fill, "the fill character");
    if ([...character].length !== 1) throw typeError("The fill character must be exactly one character long");
    return widened(text, intArgument(width!), meter, (missing) => pad(text, missing, character));
  };

function widened(text: string, width: number, meter: Meter, pad: (missing: number) => string): string {
  const missing = width - codePointLength(text, meter);
  if (missing <= 0) return text;
  meter.text(2 * width);
  return pad(missing);
}

const fits =
  (name: string, test: (text: string, part: string) => boolean): Method =>
  (text, [parts, start, stop], meter) => {
    meter.text(text.length);
    const cut = within(text, start, stop, meter);
    const candidates = parts instanceof Tuple ? parts.items : [parts!];
    return candidates.some((part) => {
      const wanted = textArgument(part, `${name} first arg`);
      return cut !== undefined && test(cut.text, wanted);
    });
  };

/** Where a part is, in code points; -1 where it is not. */
function search(text: string, [part, start, stop]: Passed, last: boolean, meter: Meter): number {
  const wanted = textArgument(part!, "argument 1");
  meter.text(text.length);
  const cut = within(text, start, stop, meter);
  if (cut === undefined) return -1;
  const unit = last ? cut.text.lastIndexOf(wanted) : cut.text.indexOf(wanted);
  return unit < 0 ? -1 : cut.offset + codePointIndex(cut.text, unit, meter);
}

/** The text between two positions, and where it begins; undefined where the first is beyond the end. */
function within(text: string, start: Value | undefined, stop: Value | undefined, meter: Meter) {
  if ((start ?? null) === null && (stop ?? null) === null) return { text, offset: 0 };
  const points = codePoints(text, meter);
  const { first, end } = slicePositions(points.length, start ?? null, stop ?? null, null);
  if (typeof start === "bigint" && start > points.length) return undefined;
  return end < first ? undefined : { text: points.slice(first, end).join(""), offset: first };
}

const found =
  (last: boolean, required: boolean): Method =>
  (text, passed, meter) => {
    const index = search(text, passed, last, meter);
    if (index < 0 && required) throw valueError("substring not found");
    return BigInt(index);
  };

function count(text: string, part: string, meter: Meter): number {
  if (part === "") return codePointLength(text, meter) + 1;
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    meter.spend(0.25);
    found++;
  }
  return found;
}

/** Python's replace; `times` below 0 is all. */
export function replace(text: string, old: string, fresh: string, times: number, meter: Meter): string {
  meter.text(text.length);
  const parts = old === "" ? betweenCharacters(text, times, meter) : splitAt(text, old, times, meter);
  meter.text(text.length + (parts.length - 1) * (fresh.length - old.length));
  return parts.join(fresh);
}

/** The parts of a text that an empty text is found between: nothing, each character, and nothing. */
function betweenCharacters(text: string, times: number, meter: Meter): string[] {
  const parts = ["", ...codePoints(text, meter), ""];
  return times < 0 || times >= parts.length ? parts : [...parts.slice(0, times), parts.slice(times).join("")];
}

/** Python's `separator.join(…)`: of texts only. */
function joined(separator: string, values: Value, meter: Meter): string {
  const texts = Array.from(iterate(values, meter), (value, index) => {
    const text = textOf(value);
    if (text === undefined) throw typeError(`sequence item ${index}: expected str instance, ${typeName(value)} found`);
    return text;
  });
  return joinTexts(texts, separator, meter);
}

export function joinTexts(texts: readonly string[], separator: string, meter: Meter): string {
  meter.text(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
  return texts.join(separator);
}

function partition(text: string, separator: string, last: boolean): Tuple {
  if (separator === "") throw valueError("empty separator");
  const at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
  if (at < 0) return new Tuple(last ? ["", "", text] : [text, "", ""]);
  return new Tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
}

function zeroFilled(text: string, width: number, meter: Meter): string {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return widened(text, width, meter, (missing) => sign + "0".repeat(missing) + text.slice(sign.length));
}

function expandTabs(text: string, size: number, meter: Meter): string {
  let column = 0;
  let expanded = "";
  for (const character of codePoints(text, meter)) {
    const width = character === "\t" ? (size > 0 ? size - (column % size) : 0) : 1;
    expanded += character === "\t" ? " ".repeat(width) : character;
    column = character === "\n" || character === "\r" ? 0 : column + width;
    meter.text(expanded.length);
  }
  return expanded;
}

const definitions: Readonly<Record<string, readonly [parameters: string, method: Method]>> = {
  capitalize: ["", cased(capitalize, 0.05)],
  casefold: ["", cased(caseFold)],
  center: ["width, fillchar?, /", padded(centred)],
  count: [
    "sub, start?, end?, /",
    (text, [part, start, stop], meter) => {
      meter.text(text.length);
      const wanted = textArgument(part!, "argument 1");
      return BigInt(count(within(text, start, stop, meter)?.text ?? "", wanted, meter));
    },
  ],
  endswith: ["suffix, start?, end?, /", fits("endswith", (text, part) => text.endsWith(part))],
  expandtabs: ["tabsize?", (text, [size], meter) => expandTabs(text, size === undefined ? 8 : intArgument(size), meter)],
  find: ["sub, start?, end?, /", found(false, false)],
  index: ["sub, start?, end?, /", found(false, true)],
  join: ["iterable, /", (text, [values], meter) => joined(text, values!, meter)],
  ljust: ["width, fillchar?, /", padded((text, missing, fill) => text + fill.repeat(missing))],
  lower: ["", cased((text) => text.toLowerCase())],
  lstrip: ["chars?, /", stripped("left")],
  partition: ["sep, /", (text, [separator]) => partition(text, textArgument(separator!, "sep"), false)],
  removeprefix: [
    "prefix, /",
    (text, [part]) => {
      const prefix = textArgument(part!, "removeprefix() argument");
      return text.startsWith(prefix) ? text.slice(prefix.length) : text;
    },
  ],
  removesuffix: [
    "suffix, /",
    (text, [part]) => {
      const suffix = textArgument(part!, "removesuffix() argument");
      return suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
    },
  ],
  replace: [
    "old, new, count?, /",
    (text, [old, fresh, times], meter) =>
      replace(
        text,
        textArgument(old!, "replace() argument 1"),
        textArgument(fresh!, "replace() argument 2"),
        times === undefined ? -1 : intArgument(times),
        meter,
      ),
  ],
  rfind: ["sub, start?, end?, /", found(true, false)],
  rindex: ["sub, start?, end?, /", found(true, true)],
  rjust: ["width, fillchar?, /", padded((text, missing, fill) => fill.repeat(missing) + text)],
  rpartition: ["sep, /", (text, [separator]) => partition(text, textArgument(separator!, "sep"), true)],
  rsplit: ["sep?, maxsplit?", (text, passed, meter) => split(text, passed, "right", meter)],
  rstrip: ["chars?, /", stripped("right")],
  split: ["sep?, maxsplit?", (text, passed, meter) => split(text, passed, "left", meter)],
  splitlines: ["keepends?", (text, [keep], meter) => splitLines(text, keep !== undefined && intArgument(keep) !== 0, meter)],
  startswith: ["prefix, start?, end?, /", fits("startswith", (text, part) => text.startsWith(part))],
  strip: ["chars?, /", stripped("both")],
  swapcase: ["", cased(swapCase, 1)],
  title: ["", cased(titleCase, 0.5)],
  upper: ["", cased((text) => text.toUpperCase())],
  zfill: ["width, /", (text, [width], meter) => zeroFilled(text, intArgument(width!), meter)],
  ...Object.fromEntries(Object.entries(characterTests).map(([name, test]) => [name, ["", (text: string) => test(text)] as const])),
};

function centred(text: string, missing: number, fill: string): string {
  const left = Math.floor(missing / 2) + (missing & (missing + [...text].length) & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

const methods = new Map(
  Object.entries(definitions).map(
    ([name, [parameters, method]]) => [name, { signature: new Signature(name, parameters), method }] as const,
  ),
);

/** A method of `str`; undefined where Python has none of that name. */
export function textMethod(self: Value, text: string, name: string): PythonFunction | undefined {
  if (name === "format") return new PythonFunction((args, meter) => formatWith(plain(self, name), args, meter));
  if (name === "format_map") {
    const signature = new Signature(name, "mapping, /");
    return new PythonFunction((args, meter) =>
      formatWith(plain(self, name), { positional: [], named: namesOf(signature.bind(args)[0]!) }, meter),
    );
  }
  const known = methods.get(name);
  if (known === undefined) {
    if (["encode", "isidentifier", "maketrans", "translate"].includes(name)) throw unsupported(`the method ${name} of str`);
    return undefined;
  }
  return new PythonFunction((args, meter) => {
    const passed = known.signature.bind(args);
    return self instanceof Markup ? ofMarkup(name, known.method, text, passed, meter) : known.method(text, passed, meter);
  });
}

export function callTextMethod(self: Value, name: string, passed: readonly Value[], meter: Meter): Value {
  const text = textArgument(self, "the text");
  const { method } = methods.get(name)!;
  return self instanceof Markup ? ofMarkup(name, method, text, passed, meter) : method(text, passed, meter);
}

/** MarkupSafe's methods: they escape the texts that come in, and what comes out is marked as safe. */
function ofMarkup(name: string, method: Method, text: string, passed: Passed, meter: Meter): Value {
  if (["center", "join", "ljust", "rjust", "zfill", "partition", "rpartition", "expandtabs"].includes(name)) {
    throw unsupported(`${name} on text that is marked as safe`);
  }
  const escaped = name === "replace" ? [passed[0], escapeHtml(passed[1]!, meter), passed[2]] : passed;
  return marked(method(text, escaped, meter));
}

const marked = (value: Value): Value => (typeof value === "string" ? new Markup(value) : Array.isArray(value) ? value.map(marked) : value);

function plain(self: Value, name: string): string {
  if (typeof self === "string") return self;
  throw unsupported(`${name} on text that is marked as safe`);
}

function namesOf(mapping: Value): Map<string, Value> {
  if (!(mapping instanceof Dict)) throw typeError(`format_map() argument must be a mapping, not ${typeName(mapping)}`);
  return new Map(Array.from(mapping.entries(), ([key, value]) => [textOf(key) ?? "", value]));
}
