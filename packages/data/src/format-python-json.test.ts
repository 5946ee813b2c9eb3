import { PythonFloat } from "@cai/contracts";
import { expect, test } from "vitest";
import { formatPythonJson } from "./format-python-json.ts";
import { parsePythonJson } from "./parse-python-json.ts";

test("numbers are written as what a chat template takes them for, so that they are read as the same", () => {
  const written: [unknown, string][] = [
    [1, "1"],
    [new PythonFloat(1), "1.0"],
    [new PythonFloat(-0), "-0.0"],
    [-0, "-0.0"],
    [0.5, "0.5"],
    [1e17, "100000000000000000.0"],
    [1e21, "1e+21"],
    [2n ** 70n, "1180591620717411303424"],
  ];
  for (const [value, text] of written) expect(formatPythonJson(value)).toBe(text);
  expect(parsePythonJson("[100000000000000000.0, -0.0, 1e+21]")).toEqual([
    new PythonFloat(1e17),
    new PythonFloat(-0),
    new PythonFloat(1e21),
  ]);
});

test("keys keep their places, what is undefined is left out, and a list's holes are null", () => {
  const object = new Map<string, unknown>([
    ["b", 1],
    ["2", { c: undefined, d: [undefined] }],
    ["1", "é\ud800"],
  ]);
  expect(formatPythonJson(object)).toBe('{"b":1,"2":{"d":[null]},"1":"é\\ud800"}');
});
