import { expect, test } from "vitest";
import { packExamples } from "./pack-examples.ts";

test("the longest come first, each into the pack in which it leaves the least room", () => {
  // 5 and 4 begin packs with room for 1 and 2; 2 fits the second exactly, 1 the first; 3 begins a third.
  expect(packExamples([2, 5, 3, 4, 1], 6)).toEqual([[1, 4], [3, 0], [2]]);
});

test("examples of one length stay in their order, as many to a pack as fit", () => {
  expect(packExamples([2, 2, 2, 2, 2], 5)).toEqual([[0, 1], [2, 3], [4]]);
});

test("one that is longer than a pack has one of its own", () => {
  expect(packExamples([9, 1, 4], 4)).toEqual([[0], [2], [1]]);
});

test("every example is in one pack, none is overfull, and no two packs could have been one", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const capacity = 8 + (seed % 9);
    const lengths = Array.from({ length: 40 }, (_, place) => 1 + ((place * place * 7 + seed * 13) % capacity));
    const packs = packExamples(lengths, capacity);
    expect(packs.flat().toSorted((a, b) => a - b)).toEqual(lengths.map((_, place) => place));
    const sizes = packs.map((pack) => pack.reduce((sum, place) => sum + lengths[place]!, 0)).toSorted((a, b) => a - b);
    expect(sizes.at(-1)).toBeLessThanOrEqual(capacity);
    expect(sizes[0]! + (sizes[1] ?? capacity)).toBeGreaterThan(capacity);
  }
});
