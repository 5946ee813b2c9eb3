import { PythonFloat } from "@cai/contracts";
import { expect, test } from "vitest";
import { readExactJson, writeExactJson } from "./exact-json.ts";

test("what JSON holds comes back as it went, and so do floats of whole numbers and integers of any size", () => {
  const value = [
    { role: "user", content: "ä\ud800", tool_calls: [{ temperature: new PythonFloat(1), seed: -(2n ** 64n), top: 0.5, none: null }] },
  ];
  expect(readExactJson(writeExactJson(value))).toEqual(value);
});

test("tags around other things stay what they are", () => {
  for (const value of [{ "\0float": "1" }, { "\0integer": "1e9" }, { "\0integer": 1 }, { "\0float": 1, more: 2 }, {}])
    expect(readExactJson(JSON.stringify(value))).toEqual(value);
});
