import fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedKey } from "./repeated-key.ts";

test("a key that stands twice in the outermost object is found, however it is written", () => {
  expect(repeatedKey('{"a": 1, "b": 2, "a" : 3}')).toBe("a");
  expect(repeatedKey('{"a": 1, "\\u0061": 3}')).toBe("a");
  expect(repeatedKey('{"\\"": 1, "\\"": 3}')).toBe('"');
});

test("equal keys of inner objects, and strings that are values, are no repetition", () => {
  expect(repeatedKey('{"a": {"x": 1}, "b": {"x": 1}, "x": ["x", "x", "a"], "y": "a", "z": "}"}')).toBeUndefined();
});

test("whatever JSON.stringify writes has no repeated key; with a key added again, that one", () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab\\"{}[]:, \né') });
  const value = fc.oneof(text, fc.integer(), fc.dictionary(text, text, { maxKeys: 2 }), fc.array(text, { maxLength: 2 }));
  fc.assert(
    fc.property(fc.dictionary(text, value, { minKeys: 1, maxKeys: 4 }), (object) => {
      const json = JSON.stringify(object);
      const key = Object.keys(object)[0]!;
      expect(repeatedKey(json)).toBeUndefined();
      expect(repeatedKey(`${json.slice(0, -1)},${JSON.stringify(key)}:0}`)).toBe(key);
    }),
  );
});
