import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256OfJson } from "./canonical-json.ts";

test("the hash is that of JSON without spaces and with sorted keys", () => {
  const text = '{"a":[1,null,"é"],"b":{"c":true,"d":0.1}}';
  expect(sha256OfJson({ b: { d: 0.1, c: true }, a: [1, null, "é"] })).toBe(createHash("sha256").update(text).digest("hex"));
});

test("the order of a list counts, that of keys does not", () => {
  expect(sha256OfJson({ a: 1, b: [1, 2] })).toBe(sha256OfJson({ b: [1, 2], a: 1 }));
  expect(sha256OfJson([1, 2])).not.toBe(sha256OfJson([2, 1]));
});
