import { expect, test } from "vitest";
import { translatePattern } from "./python-pattern.ts";

// What Python 3.11's re.search finds.
const cases: [pattern: string, found: string[], notFound: string[]][] = [
  ["(?i)ab", ["AB", "xaB"], ["a"]],
  ["(?P<one>a)(?P=one)", ["aa"], ["ab"]],
  ["\\Aa\\Z", ["a"], ["ab", "ba"]],
  ["[]a]b", ["]b", "ab"], ["b"]],
  ["[^]a]b", ["cb"], ["]b", "ab"]],
  ["[a\\]]b", ["]b", "ab"], ["b"]],
  ["^a{,2}$", ["", "a", "aa"], ["aaa"]],
  ["a{,}b", ["b", "aaab"], ["a"]],
  ["a{x}", ["a{x}"], ["a"]],
  ["\\{,2}", ["{,2}"], ["{2}"]],
  ["a(?#a comment (of sorts)b", ["ab"], ["a"]],
  ["^(?!.*mlp).*proj", ["attn.proj"], ["x.mlp.proj"]],
  ["(?<=\\.)q_proj", ["x.q_proj"], ["xq_proj"]],
  ["\\bq\\-\\_p", ["x q-_p"], ["xq-_p"]],
  ["a\\.b\\/c", ["a.b/c"], ["axb/c"]],
  ["(?s)a.b", ["a\nb"], ["ab"]],
  ["(?ai)É", ["É"], ["e"]],
  ["\\x41\\u0042\\a", ["AB\x07"], ["AB"]],
];

test.each(cases)("%s finds in JavaScript what it finds in Python", (pattern, found, notFound) => {
  const { source, flags } = translatePattern(pattern);
  const search = (text: string) => new RegExp(source, flags).test(text);
  expect(found.filter((text) => !search(text))).toEqual([]);
  expect(notFound.filter(search)).toEqual([]);
});

test("what JavaScript has no word for is refused", () => {
  for (const pattern of ["(?x)a", "a(?i)b", "(?-i:a)", "(?L)a", "\\N{DASH}", "\\q", "[\\Z]", "\\0", "\\k<a>"])
    expect(() => translatePattern(pattern), pattern).toThrow(SyntaxError);
});
