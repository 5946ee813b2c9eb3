import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTokenizer } from "./create.ts";

const unigram = {
  type: "Unigram",
  unk_id: 0,
  byte_fallback: false,
  vocab: [
    ["?", 0],
    ["a", -1],
    ["b", -2],
    [" ", -3],
  ],
};

test("a text of hundreds of thousands of tokens is encoded and decoded", () => {
  const tokenizer = createTokenizer({ tokenizerJson: { model: unigram, decoder: { type: "Fuse" } } });
  const text = "ab ".repeat(130_000);
  const ids = tokenizer.encode(text);
  expect(ids.length).toBe(390_000);
  expect(tokenizer.decode(ids)).toBe(text);
});

test("tokenizers answer in turn, each for itself, also after one was refused", () => {
  const make = (id: number) =>
    createTokenizer({ tokenizerJson: { model: { type: "WordLevel", unk_token: "?", vocab: { "?": id, a: id + 1 } } } });
  const tokenizers = [3, 50, 700].map(make);
  expect(() => createTokenizer({ tokenizerJson: { model: { type: "BPE" } } })).toThrow("Missing");
  for (let turn = 0; turn < 50; turn++) {
    expect(tokenizers.map((tokenizer) => [...tokenizer.encode(turn % 2 === 0 ? "a" : "b")])).toEqual(
      [3, 50, 700].map((id) => [turn % 2 === 0 ? id + 1 : id]),
    );
  }
});

test("a process with tokenizers ends by itself, and they answer until then", () => {
  const program = `
    import { createTokenizer } from "@cai/tokenizer";
    const tokenizer = createTokenizer({ tokenizerJson: { model: ${JSON.stringify(unigram)} } });
    process.on("exit", () => console.log(tokenizer.encode("ab").join()));
  `;
  const flags = ["--conditions", "@cai/source", "--import", "tsx", "--input-type", "module", "--eval", program];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  expect(execFileSync(process.execPath, flags, { cwd, encoding: "utf8" })).toBe("1,2\n");
});
