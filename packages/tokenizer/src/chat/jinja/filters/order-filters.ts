import { equals, isLess, sortBy } from "../comparison.ts";
import { requireDict } from "../container-methods.ts";
import { isTrue, iterate, listOf } from "../containers.ts";
import { JinjaError, typeError } from "../error.ts";
import { binary } from "../operators.ts";
import { orElse, Tuple, textOf, undefinedOf, type Value } from "../values.ts";
import { attributePath, attributePaths, ignoringCase } from "./attribute-path.ts";
import { type Filter, type FilterRuntime, filter } from "./filter.ts";

type Passed = readonly (Value | undefined)[];

export const orderFilters: Readonly<Record<string, Filter>> = {
  dictsort: filter("case_sensitive?, by?, reverse?", sortedDict),
  groupby: filter("attribute, default?, case_sensitive?", grouped),
  max: filter("case_sensitive?, attribute?", (input, passed, runtime) => extreme(input, passed, runtime, "max")),
  min: filter("case_sensitive?, attribute?", (input, passed, runtime) => extreme(input, passed, runtime, "min")),
  sort: filter("reverse?, case_sensitive?, attribute?", (input, [reverse, caseSensitive, attribute], { meter }) => {
    const getter = attributePaths(attribute ?? null, meter);
    const keyOf = (item: Value) => getter(item).map(keyFor(caseSensitive));
    return sortBy(listOf(input, meter), keyOf, isTrue(reverse ?? false), meter);
  }),
  sum: filter("attribute?, start?", (input, [attribute, start], { meter }) => {
    let sum = orElse(start, () => 0n);
    if (textOf(sum) !== undefined) throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
    const getter = attributePath(attribute ?? null, meter);
    for (const item of iterate(input, meter)) sum = binary("+", sum, getter(item), meter);
    return sum;
  }),
};

const keyFor = (caseSensitive: Value | undefined) => (isTrue(caseSensitive ?? false) ? (key: Value) => key : ignoringCase);

function sortedDict(input: Value, [caseSensitive, by, reverse]: Passed, { meter }: FilterRuntime): Value {
  const part = by === undefined ? "key" : textOf(by);
  if (part !== "key" && part !== "value") {
    throw new JinjaError("FilterArgumentError", 'You can only sort by either "key" or "value"');
  }
  const entries = [...requireDict(input, "what dictsort sorts").entries()];
  const key = keyFor(caseSensitive);
  const sorted = sortBy(entries, (entry) => key(entry[part === "key" ? 0 : 1]), isTrue(reverse ?? false), meter);
  return sorted.map((entry) => new Tuple([...entry]));
}

function grouped(input: Value, [attribute, otherwise, caseSensitive]: Passed, { meter }: FilterRuntime): Value {
  const getter = attributePath(attribute!, meter, otherwise);
  const key = keyFor(caseSensitive);
  const sorted = sortBy(listOf(input, meter), (item) => key(getter(item)), false, meter);
  const groups: Value[][] = [];
  for (const item of sorted) {
    const group = groups.at(-1);
    if (group !== undefined && equals(key(getter(group[0]!)), key(getter(item)), meter)) group.push(item);
    else groups.push([item]);
  }
  return groups.map((items) => new Tuple([getter(items[0]!), items], ["grouper", "list"]));
}

function extreme(input: Value, [caseSensitive, attribute]: Passed, { meter }: FilterRuntime, which: "min" | "max"): Value {
  const getter = attributePath(attribute ?? null, meter);
  const key = keyFor(caseSensitive);
  let best: { readonly item: Value; readonly key: Value } | undefined;
  for (const item of iterate(input, meter)) {
    const candidate = { item, key: key(getter(item)) };
    const isBetter =
      best === undefined || (which === "min" ? isLess(candidate.key, best.key, meter) : isLess(best.key, candidate.key, meter));
    if (isBetter) best = candidate;
  }
  if (best !== undefined) return best.item;
  return undefinedOf("No aggregated item, sequence was empty.");
}
