import fc from "fast-check";
import { expect, test } from "vitest";
import { beforeStopText } from "./stop-texts.ts";
import { TextBeforeStop } from "./text-before-stop.ts";

test("the beginning of a stop text is held back until it is none, or all of it", () => {
  const text = new TextBeforeStop(["\nHuman:", "END"]);
  expect(["Yes.\nHu", "ge", "\n", "Human: So"].map((piece) => text.add(piece))).toEqual(["Yes.", "\nHuge", "", ""]);
  expect([text.isStopped, text.add("more"), text.end()]).toEqual([true, "", ""]);
});

test("what was held back comes at the end of the text", () => {
  const text = new TextBeforeStop(["END"]);
  expect([text.add("THE EN"), text.end(), text.end(), text.isStopped]).toEqual(["THE ", "EN", "", false]);
});

test("pieces make up what stands before the first stop text", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 }), { maxLength: 3 });
  fc.assert(
    fc.property(letters, stops, (whole, stopTexts) => {
      const text = new TextBeforeStop(stopTexts);
      const shown = [...whole].map((letter) => text.add(letter)).join("") + text.end();
      // Letter by letter, the stop text that is complete first counts; one that began before it is complete later, or never.
      const ends = stopTexts.flatMap((stop) => (whole.includes(stop) ? [whole.indexOf(stop) + stop.length] : []));
      const read = ends.length === 0 ? whole : whole.slice(0, Math.min(...ends));
      expect(shown).toBe(beforeStopText(read, stopTexts));
      expect(text.isStopped).toBe(ends.length > 0);
    }),
  );
});
