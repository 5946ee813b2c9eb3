import { resolveOptions } from "@cai/training";
import { expect, test } from "vitest";
import { letters, marked } from "./letters.fixture.ts";
import { digestPacks, prepareExamples } from "./prepare-examples.ts";
import { type SftSettings, sftOptions } from "./sft-options.ts";

const model = { tokenizer: letters, vocabSize: 30, contextLength: 8 };
const prepare = (examples: readonly object[], options: Partial<SftSettings> = {}) => {
  const notices: string[] = [];
  const packs = prepareExamples(examples as never, model, resolveOptions(sftOptions, options), (message) => notices.push(message));
  return { packs, notices, texts: packs.map((pack) => pack.map(({ ids }) => letters.decode(ids))) };
};

test("every example stands alone, unless they are packed", () => {
  const examples = [{ text: "a" }, { text: "bcdef" }, { text: "ghi" }];
  expect(prepare(examples)).toMatchObject({ texts: [["a."], ["bcdef."], ["ghi."]], notices: [] });
  expect(prepare(examples, { packing: true }).texts).toEqual([["bcdef.", "a."], ["ghi."]]);
  expect(prepare(examples, { packing: true, maxLength: 6 }).texts).toEqual([["bcdef."], ["ghi.", "a."]]);
});

test("maxLength cuts behind so many tokens; what has nothing left to learn is left out; both are told", () => {
  const { packs, texts, notices } = prepare(
    [{ text: "abcdefgh" }, { prompt: "abcde", completion: "f" }, { prompt: "c", completion: "d" }],
    { maxLength: 4 },
  );
  expect(texts).toEqual([["abcde"], ["cd."]]);
  expect(packs.map(([row]) => marked(row!.ids, row!.counted))).toEqual(["cde", "d."]);
  expect(notices).toEqual([
    "2 of 3 examples are longer than maxLength 4 and were cut; 1 of them have nothing left to learn and were left out",
  ]);
});

test("prompts that read differently before their completions are told", () => {
  expect(prepare([{ prompt: "xa", completion: "b" }]).notices[0]).toContain("in 1 of 1 rows the prompt's tokens are not the beginning");
});

test("a row may have one token more than the context; others are refused by their number", () => {
  expect(prepare([{ text: "cdefghij" }]).texts).toEqual([["cdefghij."]]);
  expect(() => prepare([{ text: "c" }, { text: "cdefghijk" }])).toThrow(
    "row 2 of 2: it has 10 tokens, more than the policy's context of 8",
  );
  expect(() => prepare([{ text: "cdefghijk" }], { maxLength: 9 })).not.toThrow();
  expect(() => prepare([{ txt: "c" }])).toThrow("row 1 of 1: no example, it holds txt");
  expect(() => prepare([{ promptIds: Int32Array.of(1), completionIds: Int32Array.of(30) }])).toThrow(
    "outside the policy's vocabulary of 30",
  );
  expect(() => prepare([])).toThrow("the data are empty");
  expect(() => prepare([{ prompt: "abcde", completion: "f" }], { maxLength: 4 })).toThrow("maxLength 4 leaves nothing to learn of any row");
});

test("the digest tells tokens, labels, their order and packs apart", () => {
  const digest = (examples: readonly object[], options: Partial<SftSettings> = {}) => digestPacks(prepare(examples, options).packs);
  const pair = [{ prompt: "a", completion: "c" }, { text: "de" }];
  expect(digest(pair)).toBe(digest(pair));
  const digests = [
    digest(pair),
    digest([...pair].reverse()),
    digest([{ text: "ac" }, { text: "dd" }]),
    digest(pair, { packing: true }),
    digest([{ prompt: "ac", completion: "" }, { text: "de" }]),
    digestPacks([]),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
