import { unsupported } from "../error.ts";
import type { Filter } from "./filter.ts";
import { jsonFilter } from "./json-filter.ts";
import { numberFilters } from "./number-filters.ts";
import { orderFilters } from "./order-filters.ts";
import { selectionFilters } from "./selection-filters.ts";
import { textFilters } from "./text-filters.ts";

const refused = (name: string): readonly [string, Filter] => [
  name,
  () => {
    throw unsupported(`the filter "${name}"`);
  },
];

const own: Readonly<Record<string, Filter>> = {
  ...numberFilters,
  ...orderFilters,
  ...selectionFilters,
  ...textFilters,
  tojson: jsonFilter,
};

/** Jinja's filters by name. */
export const filters: ReadonlyMap<string, Filter> = new Map([
  ...Object.entries(own),
  ["count", own.length!],
  ["d", own.default!],
  ["e", own.escape!],
  ...["random", "striptags", "urlize", "wordwrap", "xmlattr"].map(refused),
]);
