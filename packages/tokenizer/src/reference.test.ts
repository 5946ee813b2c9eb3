import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { createTokenizer } from "./create.ts";
import type { JsonObject } from "./files.ts";

type Ids = readonly number[] | { readonly error: string };

interface Case {
  readonly name: string;
  readonly model: string;
  readonly changes: JsonObject;
  readonly size: number;
  readonly encoded: readonly Ids[];
  /** Without special tokens; absent where that is the same. */
  readonly plain?: readonly Ids[];
  readonly decoded: readonly [ids: readonly number[], text: string, withoutSpecialTokens: string][];
}

// Made by tools/tokenizer-golden/make.py.
const reference: { texts: string[]; models: Record<string, JsonObject>; cases: Case[] } = JSON.parse(
  await readFile(new URL("golden/reference.json", import.meta.url), "utf8"),
);

/** Ids, or the reference's reason to refuse. */
function attempt(encode: () => Int32Array): unknown {
  try {
    return [...encode()];
  } catch (error) {
    return { error: (error as Error).message };
  }
}

const expectedOf = (ids: Ids) => ("error" in ids ? { error: expect.stringContaining(ids.error) } : ids);

describe.each(reference.cases)("$name", ({ model, changes, size, encoded, plain = encoded, decoded }) => {
  const tokenizer = createTokenizer({
    tokenizerJson: { ...changes, model: { ...reference.models[model], ...(changes.model as JsonObject | undefined) } },
  });

  test("gives the reference's ids and texts", () => {
    expect(tokenizer.vocabSize).toBe(size);
    expect(reference.texts.map((text) => attempt(() => tokenizer.encode(text)))).toEqual(encoded.map(expectedOf));
    const plainIds = reference.texts.map((text) => attempt(() => tokenizer.encode(text, { addSpecialTokens: false })));
    expect(plainIds).toEqual(plain.map(expectedOf));
    for (const [ids, text, withoutSpecialTokens] of decoded) {
      expect(tokenizer.decode(ids)).toBe(text);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(withoutSpecialTokens);
    }
  });
});
