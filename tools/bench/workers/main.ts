// Measures, prints, and writes the page; measure.mjs starts it.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureAll } from "./measure-all.ts";
import type { MeasuredCosts } from "./measured-costs.ts";
import { measuredTables } from "./measured-tables.ts";
import { writePage } from "./page.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { pairs: text, json: text, from: text, docs: { type: "boolean" } } });
const pairs = Number(values.pairs ?? 5);
if (!Number.isSafeInteger(pairs) || pairs < 1) throw new RangeError(`--pairs ${values.pairs}: give a whole number from 1`);
const measured = values.from === undefined ? await measureAll({ pairs }) : (JSON.parse(readFileSync(values.from, "utf8")) as MeasuredCosts);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, undefined, 2)}\n`);
if (values.docs) writePage(measured);
console.log(Object.values(measuredTables(measured)).join("\n\n"));
process.exit(); // native threads may still be there
