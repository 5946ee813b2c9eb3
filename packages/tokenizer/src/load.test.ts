import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@cai/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TokenizerError } from "./error.ts";
import { loadTokenizer } from "./load.ts";

const golden = goldenPath("tiny-gpt2/");
const expected: {
  encode: { text: string; ids: number[]; decoded: string; decodedSkipSpecial: string }[];
  decodeOnly: { ids: number[]; decoded: string; decodedSkipSpecial: string }[];
} = JSON.parse(await readFile(join(golden, "expected.json"), "utf8")).tokenizer;
const tokenizer = await loadTokenizer(golden);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-tokenizer-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("the golden tokenizer", () => {
  test.each(expected.encode)("encodes and decodes $text as the reference does", ({ text, ids, decoded, decodedSkipSpecial }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.decode(Int32Array.from(ids), { skipSpecialTokens: true })).toBe(decodedSkipSpecial);
  });

  test.each(expected.decodeOnly)("decodes $ids as the reference does", ({ ids, decoded, decodedSkipSpecial }) => {
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(decodedSkipSpecial);
  });

  test("knows its special tokens, its size and its limit", () => {
    expect(tokenizer).toMatchObject({ vocabSize: 512, bosTokenId: 0, eosTokenId: 0, padTokenId: 0, modelMaxLength: 128 });
  });

  test("gives back any text that is valid Unicode", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  test("holds its files byte for byte", async () => {
    expect([...tokenizer.files.keys()]).toEqual(["tokenizer.json", "tokenizer_config.json"]);
    for (const [name, text] of tokenizer.files) expect(Buffer.from(text)).toEqual(await readFile(join(golden, name)));
  });
});

describe("what can't be loaded", () => {
  const errorOf = async (folder: string) => {
    const error: unknown = await loadTokenizer(folder).catch((reason: unknown) => reason);
    if (!TokenizerError.isInstance(error)) throw error;
    return error;
  };

  test("a folder that does not exist is refused with its name", async () => {
    const error = await errorOf(join(directory, "nowhere"));
    expect(error.code).toBe("missing-file");
    expect(error.message).toContain(join(directory, "nowhere"));
  });

  test.each([
    ["truncated", '{"version": "1.0", "model": {', "is not JSON"],
    ["not an object", "[]", "no JSON object"],
    ["without a model", "{}", "model"],
    ["without tokens", '{"model": {"type": "BPE", "vocab": {}, "merges": []}}', "no tokens"],
    ["of an unknown type", '{"model": {"type": "Nonesuch"}}', "Nonesuch"],
  ])("a tokenizer.json that is %s is refused with its name", async (_, text, reason) => {
    await writeFile(join(directory, "tokenizer.json"), text);
    const error = await errorOf(directory);
    expect(error.code).toBe("invalid-file");
    expect(error.message).toContain(`${directory}: tokenizer.json`);
    expect(error.message).toContain(reason);
  });

  test("a corrupt tokenizer_config.json is refused with its name", async () => {
    await writeFile(join(directory, "tokenizer.json"), tokenizer.files.get("tokenizer.json") ?? "");
    await writeFile(join(directory, "tokenizer_config.json"), "eos_token: x");
    expect((await errorOf(directory)).message).toContain("tokenizer_config.json is not JSON");
  });
});
