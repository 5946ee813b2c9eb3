import { expect, test } from "vitest";
import { RandomError } from "./error.ts";
import { uniform, uniforms } from "./uniform.ts";

const first = (seed: number, stream: string, counters: number[]) => uniform({ seed, stream, counters });

test("a draw never changes: these numbers stay as they are in every version", () => {
  expect(first(0, "", [0])).toBe(0.8307482217611768);
  expect(first(7, "sampling", [3, 1, 12])).toBe(0.37247408790882874);
  expect(first(2 ** 53 - 1, "a stream whose name takes more than one block: é", [2 ** 32 - 1, 0, 1, 2])).toBe(0.3549130570886493);
});

test("seed, stream, every counter and their number each make another draw", () => {
  const draws = [
    first(0, "a", [0]),
    first(1, "a", [0]),
    first(2 ** 32, "a", [0]),
    first(0, "b", [0]),
    first(0, "", [0]),
    first(0, "a\0", [0]),
    first(0, "a".repeat(16), [0]),
    first(0, "a".repeat(17), [0]),
    first(0, "a", [1]),
    first(0, "a", [2]),
    first(0, "a", [2 ** 31]),
    first(0, "a", [0, 0]),
    first(0, "a", [1, 0]),
    first(0, "a", [0, 0, 0]),
    first(0, "a", [0, 1, 0]),
    first(0, "a", [0, 0, 0, 0]),
    first(0, "a", [0, 0, 1, 0]),
  ];
  expect(new Set(draws).size).toBe(draws.length);
});

test.each([
  ["seed is -1", -1, [0]],
  ["seed is 0.5", 0.5, [0]],
  ["seed is 9007199254740992", 2 ** 53, [0]],
  ["seed is NaN", Number.NaN, [0]],
  ["no counters given", 0, []],
  ["5 counters given", 0, [0, 0, 0, 0, 0]],
  ["a counter is -1", 0, [-1]],
  ["a counter is 4294967296", 0, [2 ** 32]],
  ["a counter is 0.5", 0, [0.5, 0]],
])("%s: refused", (message, seed, counters) => {
  expect(() => first(seed, "a", counters)).toThrow(RandomError);
  expect(() => first(seed, "a", counters)).toThrow(message);
});

test("many draws take at most three counters and a possible count", () => {
  expect(() => uniforms({ seed: 0, stream: "a", counters: [0, 0, 0, 0], count: 1 })).toThrow("5 counters given");
  expect(() => uniforms({ seed: 0, stream: "a", counters: [], count: -1 })).toThrow("-1 draws asked for");
  expect(() => uniforms({ seed: 0, stream: "a", counters: [], count: 1.5 })).toThrow(RandomError);
});
