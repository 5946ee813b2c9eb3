import { expect, test } from "vitest";
import { rowColumns } from "./row-columns.ts";

test("each column goes over all rows, with undefined where a row lacks it", () => {
  expect(rowColumns([{ columns: { a: 1 } }, {}, { columns: { b: 2 } }])).toEqual({
    columns: { a: [1, undefined, undefined], b: [undefined, undefined, 2] },
  });
});

test("rows without columns have none", () => {
  expect(rowColumns([{}, { columns: {} }])).toEqual({});
});
