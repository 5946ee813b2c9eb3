import { PythonFloat } from "@cai/contracts";
import { expect, test } from "vitest";
import { Template } from "./template.ts";

const printed = (value: unknown) => new Template("{{ value }}").render({ value });

test("plain data is printed as Python prints it", () => {
  const value = { n: 1, half: 0.5, list: [true, null, undefined], text: "it's", big: 12345678901234567890n, huge: 1e21 };
  expect(printed(value)).toBe(
    `{'n': 1, 'half': 0.5, 'list': [True, None, None], 'text': "it's", 'big': 12345678901234567890, 'huge': 1e+21}`,
  );
});

test("a PythonFloat is a float whatever its value", () => {
  expect(printed([1, new PythonFloat(1)])).toBe("[1, 1.0]");
  expect(JSON.stringify(new PythonFloat(1))).toBe("1");
});

test("a Map keeps the order of keys that look like numbers", () => {
  expect(
    printed(
      new Map([
        ["2", "b"],
        ["1", "a"],
      ]),
    ),
  ).toBe("{'2': 'b', '1': 'a'}");
});

test("nothing of JavaScript's own objects can be seen", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "length", "valueOf"];
  const source = names.map((name) => `{{ value.${name} }}{{ value['${name}'] }}{{ ${name} }}`).join("");
  expect(new Template(source).render({ value: { a: 1 } })).toBe("");
  expect(
    new Template("{{ value['__proto__'] }}{{ value.constructor }}").render({ value: JSON.parse('{"__proto__": 1, "constructor": 2}') }),
  ).toBe("12");
});

test.each([
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["a date", new Date(0)],
])("%s is no plain data", (_, value) => {
  expect(() => printed(value)).toThrow(/templates can be given plain data only/);
});
