import { TokenizerError } from "../error.ts";
import { type JsonObject, parseJsonFile } from "../files.ts";
import { HuggingFaceTokenizer } from "../huggingface-tokenizer.ts";
import { type ListedTokens, sentencePieceMetadata, spacePrefixOf } from "./export-sentence-piece.ts";
import { endTexts } from "./known-tokens.ts";
import { preTokenizers } from "./pre-tokenizers.ts";
import { tokenTypes } from "./vocabulary.ts";

/** A metadata value as GGUF files type it. */
type GgufValue =
  | string
  | boolean
  | readonly string[]
  | { readonly uint32: number }
  | { readonly int32s: readonly number[] }
  | { readonly float32s: readonly number[] };

type Metadata = Readonly<Record<string, GgufValue>>;

const where = "the tokenizer";

/**
 * What a GGUF file says of a tokenizer: the reverse of `createGgufTokenizer`, for byte-level BPE with one of the pre-tokenizers that have a
 * name there, and for SentencePiece models of merges.
 *
 * @param files of a HuggingFaceTokenizer
 * @param vocabSize rows of the model's embedding: ids that have no token get a filler, as llama.cpp wants one for each
 * @param eosTokenIds the first ends a text, a second a turn, a third a message; more of them have to be known by their texts
 * @throws TokenizerError `invalid-file` for a tokenizer of another kind, and for ends that a file can't name
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
}): Metadata {
  const json = parseJsonFile(files, "tokenizer.json", where) ?? {};
  const tokenizer = new HuggingFaceTokenizer(files, where);
  const listed = listTokens(json, vocabSize);
  const unnamed = eosTokenIds.slice(3).find((id) => !endTexts.has(listed.tokens[id] ?? ""));
  if (unnamed !== undefined)
    throw new TokenizerError(
      "invalid-file",
      `${where} has ${eosTokenIds.length} ends: GGUF files name three, and not the token ${unnamed}`,
    );
  const template = tokenizer.chatTemplate;
  const ids = { bos: tokenizer.bosTokenId, eos: eosTokenIds[0], eot: eosTokenIds[1], eom: eosTokenIds[2], padding: tokenizer.padTokenId };
  const added = [...tokenizer.encode("")];
  const addsBos = tokenizer.bosTokenId !== undefined && added[0] === tokenizer.bosTokenId;
  const addsEos = eosTokenIds[0] !== undefined && added.slice(addsBos ? 1 : 0).at(-1) === eosTokenIds[0];
  return {
    "tokenizer.ggml.tokens": listed.tokens,
    ...kindMetadata(json, listed),
    ...Object.fromEntries(
      Object.entries(ids).flatMap(([role, id]) => (id === undefined ? [] : [[`tokenizer.ggml.${role}_token_id`, { uint32: id }]])),
    ),
    "tokenizer.ggml.add_bos_token": addsBos,
    "tokenizer.ggml.add_eos_token": addsEos,
    ...(template !== undefined && { "tokenizer.chat_template": template }),
  };
}

function kindMetadata(json: JsonObject, listed: ListedTokens): Metadata {
  const model = json.model as JsonObject;
  const merges = ((model.merges ?? []) as readonly (string | readonly string[])[]).map((pair) => {
    const [left = "", right = ""] = typeof pair === "string" ? pair.split(" ") : pair;
    return [left, right] as const;
  });
  if (model.type === "BPE" && (json.decoder as JsonObject | null)?.type === "ByteLevel")
    return {
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.pre": preTokenizerName(json),
      "tokenizer.ggml.token_type": { int32s: listed.types },
      "tokenizer.ggml.merges": merges.map((pair) => pair.join(" ")),
      "tokenizer.ggml.add_space_prefix": false,
    };
  const prefix = spacePrefixOf(json);
  if (prefix === undefined)
    throw new TokenizerError(
      "invalid-file",
      `${where} is neither byte-level BPE nor a SentencePiece model of merges, the kinds that are written to GGUF files here`,
    );
  const unknown = listed.tokens.indexOf(model.unk_token as string);
  return {
    "tokenizer.ggml.model": "llama",
    ...sentencePieceMetadata(merges, listed, where),
    ...(unknown !== -1 && { "tokenizer.ggml.unknown_token_id": { uint32: unknown } }),
    "tokenizer.ggml.add_space_prefix": prefix,
  };
}

function preTokenizerName(json: JsonObject): string {
  const describeAll = (normalizer: unknown, preTokenizer: unknown, ignoresMerges: unknown) =>
    `${describe(normalizer, preTokenizer)}; ${ignoresMerges === true}`;
  const given = describeAll(json.normalizer, json.pre_tokenizer, (json.model as JsonObject).ignore_merges);
  for (const [name, { normalizer, preTokenizer, ignoreMerges }] of preTokenizers)
    if (describeAll(normalizer, preTokenizer, ignoreMerges) === given) return name;
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

function listTokens(json: JsonObject, vocabSize: number): ListedTokens {
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
