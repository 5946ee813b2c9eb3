import { isIterable, isTrue, iterate, lengthOf, listOf } from "../containers.ts";
import { JinjaError, typeError, unsupported, valueError } from "../error.ts";
import { escapeHtml } from "../html.ts";
import { percentFormat } from "../percent-format.ts";
import { repr, textFrom } from "../repr.ts";
import { intArgument, textArgument } from "../signature.ts";
import { sliceText, splitLines, whitespace } from "../text.ts";
import { callTextMethod, joinTexts, replace } from "../text-methods.ts";
import { Dict, Markup, orElse, Tuple, textOf, typeName, type Value } from "../values.ts";
import { attributePath } from "./attribute-path.ts";
import { type Filter, type FilterRuntime, filter } from "./filter.ts";

/** A filter that is a method of the value's text; text that is marked as safe stays so. */
const method = (name: string): Filter => filter("", (input, _, { meter }) => callTextMethod(softText(input, { meter }), name, [], meter));

const softText = (input: Value, { meter }: Pick<FilterRuntime, "meter">): Value =>
  input instanceof Markup ? input : textFrom(input, meter);

export const textFilters: Readonly<Record<string, Filter>> = {
  capitalize: method("capitalize"),
  center: filter("width?", (input, [width], runtime) =>
    callTextMethod(softText(input, runtime), "center", [orElse(width, () => 80n)], runtime.meter),
  ),
  escape: filter("", (input, _, { meter }) => escapeHtml(input, meter)),
  forceescape: filter("", (input, _, { meter }) => escapeHtml(textFrom(input, meter), meter)),
  format: (input, args, runtime) => formatted(input, args, runtime),
  indent: filter("width?, first?, blank?", indented),
  join: filter("d?, attribute?", joined),
  lower: method("lower"),
  pprint: filter("", (input, _, { meter }) => pretty(input, repr(input, meter))),
  replace: filter("old, new, count?", (input, [old, fresh, count], { meter }) => {
    const times = (count ?? null) === null ? -1 : intArgument(count!);
    return replace(textFrom(input, meter), textFrom(old!, meter), textFrom(fresh!, meter), times, meter);
  }),
  safe: filter("", (input, _, { meter }) => new Markup(textFrom(input, meter))),
  string: filter("", (input, _, runtime) => softText(input, runtime)),
  title: filter("", (input, _, runtime) => titled(softText(input, runtime), runtime)),
  trim: filter("chars?", (input, [characters], runtime) =>
    callTextMethod(softText(input, runtime), "strip", [characters ?? null], runtime.meter),
  ),
  truncate: filter("length?, killwords?, end?, leeway?", truncated),
  upper: method("upper"),
  urlencode: filter("", (input, _, { meter }) => urlEncoded(input, (value) => textFrom(value, meter), meter)),
  wordcount: filter("", (input, _, { meter }) => {
    const text = textFrom(input, meter);
    meter.text(text.length);
    return BigInt(text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0);
  }),
};

function formatted(input: Value, { positional, named }: Parameters<Filter>[1], { meter }: FilterRuntime): Value {
  if (positional.length > 0 && named.size > 0) {
    throw new JinjaError("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
  }
  const values = named.size > 0 ? Dict.of(named, meter) : new Tuple(positional);
  const soft = softText(input, { meter });
  return percentFormat(soft, textOf(soft)!, values, meter);
}

function indented(input: Value, [width, first, blank]: readonly (Value | undefined)[], { meter }: FilterRuntime): Value {
  if (typeof input !== "string") {
    throw input instanceof Markup ? unsupported("indent of text that is marked as safe") : typeError(`can't indent a ${typeName(input)}`);
  }
  const indention = width === undefined ? "    " : (textOf(width) ?? " ".repeat(checkedWidth(width, { meter })));
  const lines = splitLines(`${input}\n`, false, meter);
  meter.text(input.length + lines.length * (indention.length + 1));
  const [head = "", ...rest] = lines;
  const tail = rest.map((line) => (line !== "" || isTrue(blank ?? false) ? indention + line : line));
  return (isTrue(first ?? false) ? indention : "") + [head, ...tail].join("\n");
}

function checkedWidth(width: Value, { meter }: Pick<FilterRuntime, "meter">): number {
  const spaces = Math.max(0, intArgument(width));
  meter.text(spaces);
  return spaces;
}

function joined(input: Value, [separator, attribute]: readonly (Value | undefined)[], { meter }: FilterRuntime): Value {
  const getter = attributePath(attribute ?? null, meter);
  const texts = Array.from(iterate(input, meter), (item) => textFrom(getter(item), meter));
  return joinTexts(
    texts,
    textFrom(
      orElse(separator, () => ""),
      meter,
    ),
    meter,
  );
}

/** Python breaks lines of more than 80 characters. */
function pretty(input: Value, text: string): string {
  if (text.length <= 80 && !(input instanceof Dict)) return text;
  throw unsupported("pprint of what doesn't fit on a line, or of a dict,");
}

const wordBeginning = new RegExp(`([-({\\[<${whitespace}]+)`);

function titled(soft: Value, { meter }: FilterRuntime): Value {
  const text = textOf(soft)!;
  meter.text(text.length);
  meter.spend(text.length / 4);
  const words = text.split(wordBeginning);
  const title = words.map((word) => {
    const [first = ""] = word;
    return first.toUpperCase() + word.slice(first.length).toLowerCase();
  });
  return title.join("");
}

function truncated(input: Value, [length, killWords, end, leeway]: readonly (Value | undefined)[], { meter }: FilterRuntime): Value {
  const most = length === undefined ? 255 : intArgument(length);
  const ellipsis = end === undefined ? "..." : textArgument(end, "end");
  const spare = (leeway ?? null) === null ? 5 : intArgument(leeway!);
  const ellipsisLength = lengthOf(ellipsis, meter);
  if (most < ellipsisLength) throw new JinjaError("AssertionError", `expected length >= ${ellipsisLength}, got ${most}`);
  if (spare < 0) throw new JinjaError("AssertionError", `expected leeway >= 0, got ${spare}`);
  if (lengthOf(input, meter) <= most + spare) return input;
  const text = textArgument(input, "what is truncated");
  const cut = sliceText(text, null, BigInt(most - ellipsisLength), null, meter);
  if (isTrue(killWords ?? false)) return cut + ellipsis;
  const space = cut.lastIndexOf(" ");
  return (space < 0 ? cut : cut.slice(0, space)) + ellipsis;
}

function urlEncoded(input: Value, textFor: (value: Value) => string, meter: FilterRuntime["meter"]): string {
  const quote = (value: Value, query: boolean): string => {
    const text = textFor(value);
    meter.text(text.length * 9);
    const quoted = encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
    return query ? quoted.replaceAll("%20", "+") : quoted.replaceAll("%2F", "/");
  };
  if (textOf(input) !== undefined || !isIterable(input, meter)) return quote(input, false);
  const pairs = input instanceof Dict ? [...input.entries()] : listOf(input, meter).map((pair) => listOf(pair, meter));
  if (pairs.some((pair) => pair.length !== 2)) throw valueError("urlencode takes a text, a mapping or pairs of a key and a value");
  return pairs.map(([key, value]) => `${quote(key!, true)}=${quote(value!, true)}`).join("&");
}
