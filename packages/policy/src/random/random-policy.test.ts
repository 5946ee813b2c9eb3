import { expect, test } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { decimalTokenizer } from "./decimal-tokenizer.ts";
import { presetOf } from "./random-policy.ts";

test("the presets have the published numbers of weights", () => {
  const weights = (source: string): number =>
    architectureOf(presetOf(source).config, source)
      .parameters.map(({ shape }) => shape.reduce((product, size) => product * size, 1))
      .reduce((sum, size) => sum + size);
  expect(weights("random:gpt2")).toBe(124_439_808);
  expect(weights("random:gpt2-medium")).toBe(354_823_168);
  expect(weights("random:gpt2-large")).toBe(774_030_080);
  expect(weights("random:smollm2-135m")).toBe(134_515_008);
});

test("the seed stands in the name or beside it, and its source finds the same weights again", () => {
  expect(presetOf("random:gpt2")).toMatchObject({ seed: 0, source: "random:gpt2" });
  expect(presetOf("random:gpt2#7")).toMatchObject({ seed: 7, source: "random:gpt2#7" });
  expect(presetOf("random:gpt2#7", 8)).toMatchObject({ seed: 8, source: "random:gpt2#8" });
});

test("an unknown shape is refused with the known ones", async () => {
  const message = expect.stringContaining("random:gpt2, random:gpt2-medium, random:gpt2-large, random:smollm2-135m");
  for (const source of ["random:gpt3", "random:gpt2#x", "random:"])
    await expect(loadPolicy(source)).rejects.toMatchObject({ name: "PolicyError", code: "bad-option", message });
});

test("the stand-in tokenizer writes ids as decimal words, and any other word as the end of text", () => {
  const tokenizer = decimalTokenizer(300);
  expect(tokenizer).toMatchObject({ vocabSize: 300, eosTokenId: 299 });
  expect([...tokenizer.encode("15 27 299 0 129 300 word")]).toEqual([15, 27, 299, 0, 129, 299, 299]);
  expect(tokenizer.decode([15, 27, 299])).toBe("15 27 299");
  expect(tokenizer.decode([15, 27, 299], { skipSpecialTokens: true })).toBe("15 27");
});
