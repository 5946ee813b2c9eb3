import { TokenizerError } from "../error.ts";
import { type JsonObject, parseJsonFile } from "../files.ts";
import { HuggingFaceTokenizer } from "../huggingface-tokenizer.ts";
import { preTokenizers } from "./pre-tokenizers.ts";

/** A metadata value as GGUF files type it. */
type GgufValue = string | boolean | readonly string[] | { readonly uint32: number } | { readonly int32s: readonly number[] };

const tokenTypes = { normal: 1, control: 3, userDefined: 4, unused: 5 };

/**
 * What a GGUF file says of a tokenizer: the reverse of `createGgufTokenizer`, for byte-level BPE with one of the pre-tokenizers that have a
 * name there.
 *
 * @param files of a HuggingFaceTokenizer
 * @param vocabSize rows of the model's embedding: ids that have no token get a filler, as llama.cpp wants one for each
 * @param eosTokenIds the first ends a text, a second a turn
 * @throws TokenizerError `invalid-file` for a tokenizer of another kind
 * @example
 * const metadata = ggufTokenizerMetadata({ files: tokenizer.files, vocabSize: 49152, eosTokenIds: [2] });
 */
export function ggufTokenizerMetadata({
  files,
  vocabSize,
  eosTokenIds,
}: {
  readonly files: ReadonlyMap<string, string>;
  readonly vocabSize: number;
  readonly eosTokenIds: readonly number[];
}): Readonly<Record<string, GgufValue>> {
  const where = "the tokenizer";
  const json = parseJsonFile(files, "tokenizer.json", where) ?? {};
  const tokenizer = new HuggingFaceTokenizer(files, where);
  const model = json.model as JsonObject;
  if (model.type !== "BPE" || (json.decoder as JsonObject | null)?.type !== "ByteLevel")
    throw new TokenizerError("invalid-file", `${where} is no byte-level BPE, the only kind that is written to GGUF files here`);
  const { tokens, types } = listTokens(json, vocabSize);
  const template = tokenizer.chatTemplate;
  const ids = { bos: tokenizer.bosTokenId, eos: eosTokenIds[0], eot: eosTokenIds[1], padding: tokenizer.padTokenId };
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": preTokenizerName(json, where),
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": { int32s: types },
    "tokenizer.ggml.merges": (model.merges as readonly (string | readonly string[])[]).map((pair) =>
      typeof pair === "string" ? pair : pair.join(" "),
    ),
    ...Object.fromEntries(
      Object.entries(ids).flatMap(([role, id]) => (id === undefined ? [] : [[`tokenizer.ggml.${role}_token_id`, { uint32: id }]])),
    ),
    "tokenizer.ggml.add_bos_token": tokenizer.bosTokenId !== undefined && tokenizer.encode("")[0] === tokenizer.bosTokenId,
    "tokenizer.ggml.add_space_prefix": false,
    ...(template !== undefined && { "tokenizer.chat_template": template }),
  };
}

function preTokenizerName(json: JsonObject, where: string): string {
  const given = describe(json.normalizer, json.pre_tokenizer);
  for (const [name, { normalizer, preTokenizer }] of preTokenizers) if (describe(normalizer, preTokenizer) === given) return name;
  throw new TokenizerError(
    "invalid-file",
    `${where} cuts texts in a way that has no name in GGUF files: known are ${[...preTokenizers.keys()].join(", ")}`,
  );
}

/** What is done to a text before its pieces are merged, whichever way a file spells it. */
function describe(...steps: readonly unknown[]): string {
  return steps
    .map((step) => {
      const { type, ...fields } = (step ?? {}) as JsonObject;
      if (type === "Sequence") return describe(...((fields.pretokenizers ?? fields.normalizers) as readonly unknown[]));
      if (type === "ByteLevel") return `bytes ${fields.add_prefix_space ?? true} ${fields.use_regex ?? true}`;
      return JSON.stringify({ type, pattern: fields.pattern, behavior: fields.behavior, digits: fields.individual_digits });
    })
    .join("; ");
}

function listTokens(json: JsonObject, vocabSize: number): { readonly tokens: readonly string[]; readonly types: readonly number[] } {
  const tokens = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
  const types = Array<number>(vocabSize).fill(tokenTypes.unused);
  for (const [token, id] of Object.entries((json.model as JsonObject).vocab as Readonly<Record<string, number>>)) {
    tokens[id] = token;
    types[id] = tokenTypes.normal;
  }
  for (const { id, content, special } of (json.added_tokens ?? []) as readonly { id: number; content: string; special?: boolean }[]) {
    tokens[id] = content;
    types[id] = special === true ? tokenTypes.control : tokenTypes.userDefined;
  }
  return { tokens, types };
}
