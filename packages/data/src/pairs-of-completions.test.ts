import fc from "fast-check";
import { expect, test } from "vitest";
import { pairsOfCompletions } from "./pairs-of-completions.ts";

const text = (prompt: string, completion: string, label: boolean) => ({ prompt, completion, label });
const turn = (content: string) => [{ role: "user", content }];

test("each completion of a prompt stands in a pair, true against false", () => {
  const { pairs, unpaired } = pairsOfCompletions([
    text("p", "t1", true),
    text("q", "t", true),
    text("p", "f1", false),
    text("p", "t2", true),
    text("p", "t3", true),
    text("p", "f2", false),
    text("q", "f", false),
  ]);
  expect(pairs.map(({ pair }) => pair)).toEqual([
    { prompt: "p", chosen: "t1", rejected: "f1" },
    { prompt: "p", chosen: "t2", rejected: "f2" },
    { prompt: "p", chosen: "t3", rejected: "f1" },
    { prompt: "q", chosen: "t", rejected: "f" },
  ]);
  expect(pairs[1]).toMatchObject({ chosen: 3, rejected: 5 });
  expect(unpaired).toEqual([]);
});

test("up to every true one with every false one, each pair once, and completions used alike on the way", () => {
  const counts = fc.record({
    good: fc.integer({ min: 1, max: 7 }),
    bad: fc.integer({ min: 1, max: 7 }),
    pairsPerPrompt: fc.nat({ max: 60 }),
  });
  fc.assert(
    fc.property(counts, ({ good, bad, pairsPerPrompt }) => {
      const completions = Array.from({ length: good + bad }, (_, i) => text("p", `${i}`, i < good));
      const { pairs } = pairsOfCompletions(completions, { pairsPerPrompt });
      expect(pairs).toHaveLength(Math.min(good * bad, pairsPerPrompt));
      expect(new Set(pairs.map(({ chosen, rejected }) => `${chosen} ${rejected}`)).size).toBe(pairs.length);
      for (const [side, [first, end]] of [
        ["chosen", [0, good]],
        ["rejected", [good, good + bad]],
      ] as const) {
        const uses = Array.from({ length: end - first }, (_, i) => pairs.filter((pair) => pair[side] === first + i).length);
        expect(Math.max(...uses) - Math.min(...uses)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("conversations are one prompt where their columns agree too, whatever the order of their columns", () => {
  const [yes, no] = [[{ role: "assistant", content: "yes" }], [{ role: "assistant", content: "no" }]];
  const tools = [{ name: "f" }];
  const { pairs, unpaired } = pairsOfCompletions([
    { prompt: turn("hi"), completion: yes, label: true, tools, documents: [] },
    { prompt: turn("hi"), completion: no, label: false },
    { documents: [], tools, label: false, completion: no, prompt: turn("hi") },
  ]);
  expect(pairs).toEqual([{ pair: { prompt: turn("hi"), chosen: yes, rejected: no, tools, documents: [] }, chosen: 0, rejected: 2 }]);
  expect(unpaired).toEqual([1]);
});
