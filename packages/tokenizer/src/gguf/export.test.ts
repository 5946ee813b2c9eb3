import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTokenizer } from "../create.ts";
import { TokenizerError } from "../error.ts";
import { loadTokenizer } from "../load.ts";
import { createGgufTokenizer } from "./create.ts";
import { ggufTokenizerMetadata } from "./export.ts";

const goldenFolder = new URL("../../../../tools/golden/tiny-gpt2/", import.meta.url);
const golden = await loadTokenizer(fileURLToPath(goldenFolder));
const texts: string[] = JSON.parse(await readFile(new URL("expected.json", goldenFolder), "utf8")).tokenizer.encode.map(
  ({ text }: { text: string }) => text,
);

/** Metadata as a reader gives them: numbers without their types. */
const asRead = (metadata: ReturnType<typeof ggufTokenizerMetadata>) =>
  new Map<string, unknown>(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value === "object" && "uint32" in value) return [key, value.uint32];
      return [key, typeof value === "object" && "int32s" in value ? value.int32s : value];
    }),
  );

test("what is written makes the same tokenizer when it is read", () => {
  const metadata = asRead(ggufTokenizerMetadata({ files: golden.files, vocabSize: 512, eosTokenIds: [0] }));
  expect(metadata.get("tokenizer.ggml.pre")).toBe("gpt-2");
  const again = createGgufTokenizer({ metadata, where: "again" });
  for (const text of texts) expect(again.encode(text)).toEqual(golden.encode(text));
  expect(again).toMatchObject({ vocabSize: 512, bosTokenId: 0, eosTokenId: 0, padTokenId: 0 });
});

test.each(["gpt-2", "smollm", "llama-bpe", "qwen2"])("the pre-tokenizer %s is known again by what it does", (pre) => {
  const original = asRead(ggufTokenizerMetadata({ files: golden.files, vocabSize: 512, eosTokenIds: [0] }));
  const { files } = createGgufTokenizer({ metadata: new Map([...original, ["tokenizer.ggml.pre", pre]]), where: "first" });
  expect(ggufTokenizerMetadata({ files, vocabSize: 512, eosTokenIds: [0] })["tokenizer.ggml.pre"]).toBe(pre);
});

test("ids beyond the tokens get fillers, and a second end is the end of a turn", () => {
  const metadata = ggufTokenizerMetadata({ files: golden.files, vocabSize: 514, eosTokenIds: [0, 7] });
  expect((metadata["tokenizer.ggml.tokens"] as string[]).slice(511)).toEqual([expect.any(String), "[PAD512]", "[PAD513]"]);
  expect(metadata["tokenizer.ggml.token_type"]).toMatchObject({ int32s: [3, ...Array(511).fill(1), 5, 5] });
  expect(metadata).toMatchObject({ "tokenizer.ggml.eos_token_id": { uint32: 0 }, "tokenizer.ggml.eot_token_id": { uint32: 7 } });
});

test("the chat template and a beginning of text that is added are written", () => {
  const json = JSON.parse(golden.files.get("tokenizer.json")!);
  const withBos = createTokenizer({
    tokenizerJson: {
      ...json,
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<|endoftext|>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        pair: [],
        special_tokens: { "<|endoftext|>": { id: "<|endoftext|>", ids: [0], tokens: ["<|endoftext|>"] } },
      },
    },
    tokenizerConfig: { bos_token: "<|endoftext|>", chat_template: "{{ messages }}" },
  });
  expect(ggufTokenizerMetadata({ files: withBos.files, vocabSize: 512, eosTokenIds: [] })).toMatchObject({
    "tokenizer.ggml.add_bos_token": true,
    "tokenizer.chat_template": "{{ messages }}",
  });
  expect(ggufTokenizerMetadata({ files: golden.files, vocabSize: 512, eosTokenIds: [] })).toMatchObject({
    "tokenizer.ggml.add_bos_token": false,
  });
});

test("a tokenizer of another kind is refused", () => {
  const metadataOf = (tokenizerJson: Record<string, unknown>) => () =>
    ggufTokenizerMetadata({ files: createTokenizer({ tokenizerJson }).files, vocabSize: 2, eosTokenIds: [] });
  const json = JSON.parse(golden.files.get("tokenizer.json")!);
  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  expect(metadataOf({ model })).toThrow("no byte-level BPE");
  expect(metadataOf({ ...json, pre_tokenizer: { type: "WhitespaceSplit" } })).toThrow(TokenizerError);
  expect(metadataOf({ ...json, pre_tokenizer: { type: "WhitespaceSplit" } })).toThrow("cuts texts in a way that has no name");
  expect(metadataOf({ ...json, normalizer: { type: "NFC" } })).toThrow("cuts texts in a way that has no name");
});
