import { tinyGpt2, tinyLlama } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TextPieces } from "./text-pieces.ts";

/** Each id is a byte; 0 is special. */
const bytes = {
  decode: (ids: ArrayLike<number>, { skipSpecialTokens = false } = {}) =>
    new TextDecoder().decode(Uint8Array.from(skipSpecialTokens ? Array.from(ids).filter((id) => id !== 0) : ids)).replaceAll("\0", "<end>"),
};
const idsOf = (text: string) => [...new TextEncoder().encode(text)];

test("a character of several tokens comes with its last one", () => {
  const pieces = new TextPieces(bytes);
  expect(idsOf("aé😀b").map((id) => pieces.add(id))).toEqual(["a", "", "é", "", "", "", "😀", "b"]);
  expect(pieces.end()).toBe("");
});

test("a text that ends within a character ends with U+FFFD, told at its end; a broken one within it, with the next that is whole", () => {
  const pieces = new TextPieces(bytes);
  expect([0xc3, 0x61, 0xf0, 0x9f].map((id) => pieces.add(id))).toEqual(["", "\uFFFDa", "", ""]);
  expect([pieces.end(), pieces.end()]).toEqual(["\uFFFD", ""]);
});

test("special tokens are left out if asked for", () => {
  const textOf = (skipSpecialTokens: boolean) => {
    const pieces = new TextPieces(bytes, { skipSpecialTokens });
    return [97, 0, 98].map((id) => pieces.add(id));
  };
  expect([textOf(false), textOf(true)]).toEqual([
    ["a", "<end>", "b"],
    ["a", "", "b"],
  ]);
});

test("any text comes whole, whatever its tokens are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary", maxLength: 4 }), (text, before) => {
      const whole = bytes.decode(idsOf(text));
      const pieces = new TextPieces(bytes, { before: idsOf(before) });
      const given = idsOf(text).map((id) => pieces.add(id));
      expect(given.join("") + pieces.end()).toBe(whole);
      expect(given.filter((piece) => piece.includes("\uFFFD")).length).toBeLessThanOrEqual(whole.split("\uFFFD").length - 1);
    }),
  );
});

test.each([tinyGpt2, tinyLlama])("behind a prompt a text is what it is within the whole: %s", async (folder) => {
  const tokenizer = await loadTokenizer(folder);
  const ids = tokenizer.encode("The café was 🏠 closed, she said.", { addSpecialTokens: false });
  const whole = tokenizer.decode(ids);
  for (let cut = 1; cut < ids.length; cut++) {
    const before = ids.subarray(0, cut);
    const begun = tokenizer.decode(before);
    if (begun.endsWith("\uFFFD")) continue;
    const pieces = new TextPieces(tokenizer, { before });
    const text = [...ids.subarray(cut)].map((id) => pieces.add(id)).join("") + pieces.end();
    expect(begun + text).toBe(whole);
  }
});
