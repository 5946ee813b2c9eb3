import { expect, test } from "vitest";
import { matchPatterns, matchWhole } from "./match-patterns.ts";

const names = ["model.layers.0.self_attn.q_proj", "model.layers.11.mlp.up_proj"];
const found = (pattern: string, texts: readonly string[] = names) =>
  matchPatterns([pattern], texts, "LoRA")[0]!.map((match) => match !== undefined);

test("a pattern matches from the start on, or wholly", () => {
  expect(found("model\\.layers\\.0")).toEqual([true, false]);
  expect(found("layers")).toEqual([false, false]);
  expect(matchWhole("model|.*q_proj", names, "LoRA")).toEqual([true, false]);
  expect(matchWhole("model\\.layers", names, "LoRA")).toEqual([false, false]);
  expect(matchWhole("(?i).*Q_PROJ", names, "LoRA")).toEqual([true, false]);
});

test("the group idx of a match is told", () => {
  const pattern = "(?:^|.*?\\.)layers\\.(?P<idx>\\d+)\\.";
  expect(matchPatterns([pattern, "none", "model"], names, "LoRA")).toEqual([
    [{ idx: "0" }, { idx: "11" }],
    [undefined, undefined],
    [{ idx: "" }, { idx: "" }],
  ]);
  expect(matchPatterns([], names, "LoRA")).toEqual([]);
});

test("what is no regular expression here is refused by the pattern, with what to do", () => {
  for (const pattern of ["(", "(?x)a b", "a(?i:b)", "\\N{DASH}", "(?P<a>x)(?P<a>y)", "a++", "(?(1)a|b)"])
    expect(() => found(pattern), pattern).toThrow(
      expect.objectContaining({
        code: "bad-option",
        message: expect.stringMatching(/^LoRA: ".*" is no regular expression here \(.*\): give a list/),
      }),
    );
});

test("a pattern that would never end is stopped", () => {
  const begun = performance.now();
  for (const pattern of ["(a+)+$", "(.*a){30}x", "(a|a)*b"])
    expect(() => found(pattern, [`${"a".repeat(64)}!`])).toThrow(
      expect.objectContaining({ code: "bad-option", message: expect.stringContaining("takes more than 2 seconds") }),
    );
  expect(performance.now() - begun).toBeLessThan(20_000);
}, 30_000);
