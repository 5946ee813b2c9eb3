import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openGguf } from "@cai/gguf";
import { createGgufTokenizer } from "@cai/tokenizer";
import { describe, expect, test } from "vitest";

// By tools/gguf/make-tokenizers.py: models of SentencePiece as llama.cpp's Python package writes them, and what SentencePiece makes of texts.
const golden = new URL("golden/", import.meta.url);
const expected: Record<string, { text: string; ids: number[]; decoded: string }[]> = JSON.parse(
  await readFile(new URL("sentencepiece.json", golden), "utf8"),
);

describe.each(["merges", "single"])("a SentencePiece model of %s tokens", async (name) => {
  const path = fileURLToPath(new URL(`${name}.gguf`, golden));
  const file = await openGguf(path);
  await file.close();
  const tokenizer = createGgufTokenizer({ metadata: file.metadata, where: path });

  test.each(expected[name]!)("cuts and joins $text as SentencePiece does", ({ text, ids, decoded }) => {
    expect([...tokenizer.encode(text, { addSpecialTokens: false })]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });
});
