import { expect, test } from "vitest";
import { measurePairs } from "./pairs.ts";

test("works take turns, each first in every other pair, and the first pair doesn't count", async () => {
  const order: string[] = [];
  const taking = (name: string, seconds: readonly number[]) => {
    const left = [...seconds];
    return async () => {
      order.push(name);
      return left.shift()!;
    };
  };
  const pairs = await measurePairs([taking("one", [99, 4, 6, 8]), taking("two", [1, 2, 2, 2])], 3);
  expect(order.join(" ")).toBe("one two two one one two two one");
  expect(pairs).toEqual({ firstSeconds: 6, secondSeconds: 2, ratio: 3, ratios: [2, 3, 4] });
});
