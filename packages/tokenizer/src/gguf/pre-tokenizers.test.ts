import { describe, expect, test } from "vitest";
import { preTokenizers } from "./pre-tokenizers.ts";
import { goldenTokens, tiny } from "./tiny.fixture.ts";

const encoder = new TextEncoder();
/** The characters that stand for bytes: those that can be seen are themselves, then the others in their order. */
const isSeen = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
const characterOf = new Map(
  [...everyByte.filter(isSeen), ...everyByte.filter((byte) => !isSeen(byte))].map((byte, i) => [byte, goldenTokens[i + 1]!]),
);

/**
 * The pieces that a text is cut into: with merges for every part of it, the leftmost and shortest first, a piece ends as one token. No byte
 * may stand in the text twice.
 */
function piecesOf(pre: string, text: string): string[] {
  const characters = [...encoder.encode(text)].map((byte) => characterOf.get(byte)!);
  const merges = characters.flatMap((_, start) =>
    characters.slice(start + 1).map((character, i) => `${characters.slice(start, start + 1 + i).join("")} ${character}`),
  );
  const tokens = [...new Set(merges.map((merge) => merge.replace(" ", "")))].filter((token) => !goldenTokens.includes(token));
  const tokenizer = tiny({ "tokenizer.ggml.pre": pre, "tokenizer.ggml.merges": merges }, { tokens });
  return [...tokenizer.encode(text, { addSpecialTokens: false })].map((id) => tokenizer.decode([id]));
}

test.each([
  ["gpt-2", "1234567"],
  ["smollm", "1 2 3 4 5 6 7"],
  ["llama-bpe", "123 456 7"],
  ["qwen2", "1 2 3 4 5 6 7"],
  ["qwen35", "1 2 3 4 5 6 7"],
  ["deepseek-llm", "1234567"],
  ["deepseek-coder", "1 2 3 4 5 6 7"],
  ["deepseek-v3", "123 456 7"],
  ["tekken", "1 2 3 4 5 6 7"],
  ["gpt-4o", "123 456 7"],
  ["kimi-k2", "123 456 7"],
  ["tiny_aya", "1 234 567"],
  ["superbpe", "1 234 567"],
  ["afmoe", "1 234 567"],
  ["falcon", "123 456 7"],
  ["default", "123 456 7"],
  ["bloom", "1234567"],
  ["viking", "1 2 3 4 5 6 7"],
  ["jais-2", "123 456 7"],
  ["minicpm5", "123 456 7"],
  ["seed-coder", "1 2 3 4 5 6 7"],
])("%s cuts digits into %s", (pre, expected) => {
  expect(piecesOf(pre, "1234567").join(" ")).toBe(expected);
});

test.each([
  ["gpt-2", ["o", "'", "VE"]],
  ["llama-bpe", ["o", "'VE"]],
  ["qwen2", ["o", "'VE"]],
  ["gpt-4o", ["o'VE"]],
  ["tekken", ["o", "'VE"]],
  ["ufakzeka", ["o", "'VE"]],
  ["bloom", ["o'VE"]],
])("%s cuts o'VE into %j", (pre, expected) => {
  expect(piecesOf(pre, "o'VE")).toEqual(expected);
});

test.each([
  ["llama-bpe", ["abCDe"]],
  ["gpt-4o", ["ab", "CDe"]],
  ["tekken", ["ab", "CDe"]],
  ["youtu", ["ab", "CDe"]],
  ["kimi-k2", ["ab", "CDe"]],
])("%s cuts abCDe into %j", (pre, expected) => {
  expect(piecesOf(pre, "abCDe")).toEqual(expected);
});

test("punctuation keeps to a word, stands alone or with line ends as each name has it", () => {
  const cut = (pre: string) =>
    piecesOf(pre, "a+=\n\tb")
      .map((piece) => JSON.stringify(piece).slice(1, -1))
      .join(" ");
  expect(cut("gpt-2")).toBe("a += \\n \\t b");
  expect(cut("llama-bpe")).toBe("a +=\\n \\tb");
  expect(cut("seed-coder")).toBe("a += \\n \\tb");
  expect(cut("deepseek-llm")).toBe("a += \\n \\tb");
  expect(cut("superbpe")).toBe("a+=\\n\\tb");
  expect(cut("chameleon")).toBe("a + = \\n \\t b");
});

test("Chinese stands apart from Latin where the models were trained so", () => {
  const cut = (pre: string) => piecesOf(pre, "ab世").length;
  expect(["llama-bpe", "qwen2"].map(cut)).toEqual([1, 1]);
  expect(["deepseek-v3", "deepseek-llm", "kimi-k2", "afmoe", "youtu"].map(cut)).toEqual([2, 2, 2, 2, 2]);
});

describe("every name", () => {
  const text = 'It\'s 3.14 — naïve ÉCOLE\t世界 々 かな 한글 ١٢٣ ½ 👍🏽\r\n\n  <x>="y" [z]  ';

  test.each([...preTokenizers.keys()])("%s loses nothing of a text", (pre) => {
    const tokenizer = tiny({ "tokenizer.ggml.pre": pre });
    expect(tokenizer.decode(tokenizer.encode(text, { addSpecialTokens: false }))).toBe(text);
  });

  test("takes a whole piece that no merges lead to, or not, as llama.cpp does", () => {
    const whole = { tokens: ["xyz"], merges: [] };
    const lengthWith = (pre: string) => tiny({ "tokenizer.ggml.pre": pre }, whole).encode("xyz", { addSpecialTokens: false }).length;
    const takesWhole = ["llama-bpe", "tekken", "glm4", "minicpm5", "youtu", "granite-embed-multi-97m"];
    expect([...takesWhole, "gpt-2", "smollm", "qwen2", "chatglm-bpe", "gpt-4o"].map(lengthWith)).toEqual([1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3]);
  });

  test("leaves characters as they are but qwen2, which composes them first", () => {
    const accented = (pre: string) => tiny({ "tokenizer.ggml.pre": pre }).encode("e\u0301", { addSpecialTokens: false });
    const composes = [...preTokenizers.keys()].filter((pre) => accented(pre).join() === tiny().encode("é").join());
    expect(composes).toEqual(["qwen2"]);
  });

  test("that is missing is the default", () => {
    const text = "12345 +++abc";
    expect(tiny({ "tokenizer.ggml.pre": undefined }).encode(text)).toEqual(tiny({ "tokenizer.ggml.pre": "default" }).encode(text));
  });
});
