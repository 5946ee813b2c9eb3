import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalJson, contentHash } from "./content-hash.ts";

test("names are in the order of their code units at every depth, lists in their own", () => {
  expect(canonicalJson({ b: [{ z: 1, a: null }, "x"], B: true, a: 0.5 })).toBe('{"B":true,"a":0.5,"b":[{"a":null,"z":1},"x"]}');
});

test("names that look like numbers are in JavaScript's own order, however they were given", () => {
  expect(canonicalJson({ b: 1, 10: 2, 9: 3 })).toBe(canonicalJson({ 9: 3, 10: 2, b: 1 }));
});

test("the hash is SHA-256 of that text", () => {
  expect(contentHash({ b: 1, a: "é" })).toBe(createHash("sha256").update('{"a":"é","b":1}').digest("hex"));
});
