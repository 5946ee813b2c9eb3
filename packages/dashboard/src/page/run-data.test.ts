import { expect, test } from "vitest";
import { addLines, emptyRun } from "./run-data.js";

test("lines become columns; what a step lacks, or what was not finite, is a gap", () => {
  const run = emptyRun();
  addLines(run, '{"step":1,"a":1,"time/total":2}\n{"step":2,"a":null,"b":5,"time/total":3}\n');
  addLines(run, '{"step":4,"b":6}\nno line of a log\n{"other":1}\nnull\n');
  expect(run.steps).toEqual([1, 2, 4]);
  expect(run.seconds).toEqual([2, 5, 5]);
  expect(Object.fromEntries(run.columns)).toEqual({ a: [1, null, null], b: [null, 5, 6], "time/total": [2, 3, null] });
});
