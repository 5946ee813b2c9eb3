import { expect, test } from "vitest";
import { readGolden } from "../golden.fixture.ts";
import { strftime } from "./strftime.ts";

type Day = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number];

const { formats, days } = readGolden<{
  readonly formats: readonly string[];
  readonly days: readonly { readonly day: Day; readonly texts: readonly string[] }[];
}>("dates.json");

test.each(days)("every directive writes $day as Python does", ({ day: [year, month, ...rest], texts }) => {
  const date = new Date(year, month - 1, ...rest);
  expect(formats.map((format) => [format, strftime(date, format)])).toEqual(formats.map((format, index) => [format, texts[index]]));
});
