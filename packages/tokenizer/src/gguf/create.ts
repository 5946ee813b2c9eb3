import type { JsonObject } from "../files.ts";
import { HuggingFaceTokenizer } from "../huggingface-tokenizer.ts";
import { byteLevel } from "./byte-level.ts";
import { GgufFields } from "./fields.ts";
import { sentencePiece } from "./sentence-piece.ts";
import { unigram } from "./unigram.ts";
import { GgufVocabulary, type TokenRole, tokenTypes } from "./vocabulary.ts";
import { wordPiece, wordPieceText } from "./word-piece.ts";

/** The parts of tokenizer.json that say how texts become tokens, and what is added to them. */
export interface TokenizerParts {
  readonly normalizer: JsonObject | null;
  readonly pre_tokenizer: JsonObject | null;
  readonly decoder: JsonObject;
  readonly model: JsonObject;
  readonly adds: {
    /** Before a text, and behind it, where the file doesn't say otherwise. */
    readonly before: TokenRole | undefined;
    readonly after: TokenRole | undefined;
    /** Whatever the file says. */
    readonly always?: true;
  };
}

/** By `tokenizer.ggml.model`. */
const kinds: ReadonlyMap<string, (vocabulary: GgufVocabulary) => TokenizerParts> = new Map([
  ["gpt2", byteLevel],
  ["llama", sentencePiece],
  ["bert", wordPiece],
  ["t5", unigram],
]);

/**
 * A tokenizer from the metadata of a GGUF file, which cuts texts as llama.cpp does: byte-level BPE (`tokenizer.ggml.model` = `gpt2`, with the
 * pre-tokenizers of llama.cpp's table), SentencePiece (`llama`, `t5`) and WordPiece (`bert`), its special tokens and its chat templates. Its
 * `files` are the tokenizer.json and tokenizer_config.json that say the same.
 *
 * @param metadata keys and values as the file has them
 * @param where what messages of errors call it: the file's path, say
 * @throws TokenizerError `invalid-file` with the key that is missing, wrong or of an unsupported kind
 * @example
 * const { metadata } = await openGguf("model.gguf");
 * const tokenizer = createGgufTokenizer({ metadata, where: "model.gguf" });
 */
export function createGgufTokenizer({
  metadata,
  where,
}: {
  readonly metadata: ReadonlyMap<string, unknown>;
  readonly where: string;
}): HuggingFaceTokenizer {
  const fields = new GgufFields(metadata, where);
  const model = fields.text("tokenizer.ggml.model");
  const kind = kinds.get(model ?? "");
  if (kind === undefined)
    throw fields.wrong(`tokenizer.ggml.model is ${JSON.stringify(model) ?? "missing"}; supported: ${[...kinds.keys()].join(", ")}`);
  const vocabulary = new GgufVocabulary(fields);
  const { adds, ...parts } = kind(vocabulary);
  const textOf = model === "bert" ? (id: number) => wordPieceText(vocabulary, id) : (id: number) => vocabulary.tokens[id]!;
  const json = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary, textOf),
    ...parts,
    post_processor: postProcessor(vocabulary, textOf, adds),
  };
  const files = new Map([
    ["tokenizer.json", JSON.stringify(json)],
    ["tokenizer_config.json", `${JSON.stringify(tokenizerConfig(vocabulary, textOf), undefined, 2)}\n`],
  ]);
  return new HuggingFaceTokenizer(files, where);
}

type TextOf = (id: number) => string;

/** Tokens that are found in a text as they stand. */
function addedTokens(vocabulary: GgufVocabulary, textOf: TextOf): readonly JsonObject[] {
  const { fields, types } = vocabulary;
  const isPhi3 = /phi-?3/i.test(fields.text("general.name") ?? "");
  return vocabulary.ofType(tokenTypes.unknown, tokenTypes.control, tokenTypes.userDefined).map((id) => ({
    id,
    content: textOf(id),
    single_word: false,
    lstrip: false,
    rstrip: isPhi3 && !["<unk>", "<s>", "<|endoftext|>"].includes(textOf(id)),
    normalized: false,
    special: types[id] !== tokenTypes.userDefined,
  }));
}

/** Puts tokens before a text and behind it where the file, or else its kind of tokenizer, asks for that. */
function postProcessor(vocabulary: GgufVocabulary, textOf: TextOf, adds: TokenizerParts["adds"]): JsonObject | null {
  const before = added(vocabulary, "bos", adds.always ? undefined : "tokenizer.ggml.add_bos_token", adds.before);
  const after = added(vocabulary, "eos", adds.always ? undefined : "tokenizer.ggml.add_eos_token", adds.after);
  if (before.length + after.length === 0) return null;
  const special = (id: number) => ({ SpecialToken: { id: textOf(id), type_id: 0 } });
  const text = (id: "A" | "B") => [...before.map(special), { Sequence: { id, type_id: 0 } }, ...after.map(special)];
  return {
    type: "TemplateProcessing",
    single: text("A"),
    pair: [...text("A"), ...text("B")],
    special_tokens: Object.fromEntries(
      [...before, ...after].map((id) => [textOf(id), { id: textOf(id), ids: [id], tokens: [textOf(id)] }]),
    ),
  };
}

/** The token that is added on one side, or none. */
function added(vocabulary: GgufVocabulary, usual: TokenRole, key: string | undefined, role: TokenRole | undefined): readonly number[] {
  const { fields } = vocabulary;
  const isAsked = key !== undefined && fields.has(key);
  if (isAsked ? !fields.flag(key, false) : role === undefined) return [];
  const id = vocabulary.id(role ?? usual);
  if (id !== undefined) return [id];
  throw fields.wrong(
    `${isAsked ? `${key} is true` : "its texts begin or end with a token"}, but there is no tokenizer.ggml.${role ?? usual}_token_id`,
  );
}

function tokenizerConfig(vocabulary: GgufVocabulary, textOf: TextOf): JsonObject {
  const token = (role: TokenRole) => {
    const id = vocabulary.id(role);
    return id === undefined ? undefined : textOf(id);
  };
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: token("bos"),
    eos_token: token("eos"),
    pad_token: token("padding"),
    unk_token: token("unknown"),
    sep_token: token("seperator"),
    mask_token: token("mask"),
    clean_up_tokenization_spaces: false,
    chat_template: chatTemplates(vocabulary.fields),
  };
}

/** One template, or with those that have names of their own a list, as tokenizer_config.json has them. */
function chatTemplates(fields: GgufFields): string | readonly JsonObject[] | undefined {
  const template = fields.text("tokenizer.chat_template");
  if (!fields.has("tokenizer.chat_templates")) return template;
  const named = fields
    .texts("tokenizer.chat_templates")
    .map((name) => ({ name, template: fields.text(`tokenizer.chat_template.${name}`) }));
  return [...(template === undefined ? [] : [{ name: "default", template }]), ...named];
}
