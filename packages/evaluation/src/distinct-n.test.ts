import { expect, test } from "vitest";
import { distinctN } from "./distinct-n.ts";

test("different runs over all: of four pairs of words one is there twice", () => {
  expect(distinctN({ texts: ["the cat sat", "The cat, ran"], n: 2 })).toBe(0.75);
  expect(distinctN({ texts: ["the cat sat", "The cat, ran"], n: 1 })).toBe(4 / 6);
});

test("a text that goes round in circles has few, and no run goes from one text to the next", () => {
  expect(distinctN({ texts: ["no no no no no"], n: 2 })).toBe(0.25);
  expect(distinctN({ texts: ["a b", "c d"], n: 2 })).toBe(1);
});

test("letters of every script are words, with their marks", () => {
  expect(distinctN({ texts: ["été été", "лето"], n: 1 })).toBe(2 / 3);
});

test("texts too short have none", () => {
  expect(distinctN({ texts: ["one", "", "…"], n: 2 })).toBe(0);
  expect(() => distinctN({ texts: [], n: 0 })).toThrow("n is 0: pass a whole number from 1 on");
});
