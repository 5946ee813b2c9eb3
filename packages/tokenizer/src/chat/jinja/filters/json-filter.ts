import { isTrue, listOf } from "../containers.ts";
import { typeError, valueError } from "../error.ts";
import { toJson } from "../json.ts";
import { intArgument } from "../signature.ts";
import { textOf, type Value } from "../values.ts";
import { type Filter, type FilterRuntime, filter } from "./filter.ts";

/** The filter tojson of chat templates: Python's `json.dumps`, which leaves the characters of HTML alone, unlike Jinja's own. */
export const jsonFilter: Filter = filter("ensure_ascii?, indent?, separators?, sort_keys?", (input, passed, { meter }) => {
  const [ensureAscii, indent, separators, sortKeys] = passed;
  const indention = indentionOf(indent ?? null, { meter });
  const [itemSeparator, keySeparator] = separatorsOf(separators ?? null, indention !== undefined, { meter });
  const options = {
    ensureAscii: isTrue(ensureAscii ?? false),
    indent: indention,
    itemSeparator,
    keySeparator,
    sortKeys: isTrue(sortKeys ?? false),
  };
  return toJson(input, options, meter);
});

function indentionOf(indent: Value, { meter }: Pick<FilterRuntime, "meter">): string | undefined {
  if (indent === null) return undefined;
  const text = textOf(indent);
  if (text !== undefined) return text;
  const spaces = Math.max(0, intArgument(indent));
  meter.text(spaces);
  return " ".repeat(spaces);
}

function separatorsOf(separators: Value, isIndented: boolean, { meter }: Pick<FilterRuntime, "meter">): [string, string] {
  if (separators === null) return [isIndented ? "," : ", ", ": "];
  const items = listOf(separators, meter);
  if (items.length !== 2) throw valueError(`expected two separators, got ${items.length}`);
  const [item, key] = items.map((separator) => textOf(separator));
  if (item === undefined || key === undefined) throw typeError("the separators must be str");
  return [item, key];
}
