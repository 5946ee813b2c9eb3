import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTokenizer } from "./create.ts";
import { TokenizerError } from "./error.ts";
import { RustThread } from "./rust-thread.ts";

const model = { type: "BPE", vocab: { a: 0, b: 1, " ": 2 }, merges: [] };
const split = (pattern: string) => ({ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false });
const splitting = (pattern: string) => createTokenizer({ tokenizerJson: { pre_tokenizer: split(pattern), model } });

/** From each `a` on, a few million ways to fall short of the end: for ever, in a text of hundreds. */
const endless = "a*a*a*$";

test("a pattern that would end the process ends a text's encoding, and the next text is encoded", () => {
  const tokenizer = splitting("(a+)+$"); // the library panics after ten million steps
  expect([...tokenizer.encode("aab")]).toEqual([0, 0, 1]);
  const error = catchError(() => tokenizer.encode(`${"a".repeat(60)}b`));
  expect(error).toMatchObject({ code: "too-costly" });
  expect(error.message).toMatch(/^the tokenizer given can't encode "a+…": its process has ended \(SIG\w+\): its regular expressions/);
  expect([...tokenizer.encode("ab")]).toEqual([0, 1]);
});

test("one that would never end is stopped at the limit, and the next text is encoded", () => {
  const thread = new RustThread({ guarded: true, limitMs: 300 });
  thread.ask("load", 1, { json: JSON.stringify({ pre_tokenizer: split(endless), model }) });
  const encode = (text: string) => thread.ask("encode", 1, { text, addSpecialTokens: false });
  expect(() => encode(`${"a".repeat(5000)}b`)).toThrow(expect.objectContaining({ code: "too-costly" }));
  expect([...encode("ab")]).toEqual([0, 1]);
  thread.free(1);
});

test("the same in a normalizer and a decoder", () => {
  const replace = { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "b" };
  const normalizing = createTokenizer({ tokenizerJson: { normalizer: replace, model } });
  expect([...normalizing.encode("baa")]).toEqual([1, 1]);
  expect(() => normalizing.encode(`${"a".repeat(60)}b`)).toThrow(TokenizerError);
  const decoding = createTokenizer({ tokenizerJson: { decoder: { type: "Sequence", decoders: [{ type: "Fuse" }, replace] }, model } });
  expect(decoding.decode([1, 0, 0])).toBe("bb");
  expect(() => decoding.decode([...Array(60).fill(0), 1])).toThrow(/can't decode 61 ids: its process has ended/);
});

test("guarded tokenizers answer in turn, each for itself; one that the library refuses says why", () => {
  const [first, second] = [splitting("(a|b)+(?!b)"), splitting("(b)+(?!a)")];
  for (const tokenizer of [first, second, first]) expect([...tokenizer.encode("ab ba")]).toEqual([0, 1, 2, 1, 0]);
  expect(() => splitting("(")).toThrow(/^the tokenizer given: tokenizer.json is no tokenizer that can be used here: /);
});

test("a process with a guarded tokenizer ends by itself, and leaves none behind", () => {
  const program = `
    import { createTokenizer } from "@cai/tokenizer";
    const pre_tokenizer = ${JSON.stringify(split("(a|b)+(?!b)"))};
    console.log(createTokenizer({ tokenizerJson: { pre_tokenizer, model: ${JSON.stringify(model)} } }).encode("ab").join());
  `;
  const flags = ["--conditions", "@cai/source", "--import", "tsx", "--input-type", "module", "--eval", program];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  // Its child holds no pipe of ours, so this ends with it; a child that stayed would have no parent to hear from and kills itself.
  expect(execFileSync(process.execPath, flags, { cwd, encoding: "utf8", timeout: 30_000 })).toBe("0,1\n");
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable();
}
