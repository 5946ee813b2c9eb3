import fc from "fast-check";
import { expect, test } from "vitest";
import { TrimmedText } from "./trimmed-text.ts";

test("white space comes once it is known to stand within the text", () => {
  const text = new TrimmedText();
  expect([" \n", " Yes ", "", "\n", "or no.\n"].map((piece) => text.add(piece))).toEqual(["", "Yes", "", "", " \nor no."]);
});

test("pieces make up the text without the white space around it", () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", " ", "\n"), maxLength: 3 }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, (all) => {
      const text = new TrimmedText();
      expect(all.map((piece) => text.add(piece)).join("")).toBe(all.join("").trim());
    }),
  );
});
