import type { JsonObject } from "./files.ts";
import { GgufFields } from "./gguf-fields.ts";
import { type PreTokenizer, preTokenizers } from "./gguf-pre-tokenizers.ts";
import { HuggingFaceTokenizer } from "./huggingface-tokenizer.ts";

/** `tokenizer.ggml.token_type` of tokens that are found in a text as they stand: control tokens, and those that a user added. */
const controlType = 3;
const userDefinedType = 4;

/**
 * A tokenizer from the metadata of a GGUF file: byte-level BPE (`tokenizer.ggml.model` = `gpt2`) with the pre-tokenizers `gpt-2`, `smollm`,
 * `llama-bpe` and `qwen2`, its special tokens and its chat template. Its `files` are the tokenizer.json and tokenizer_config.json that say
 * the same.
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
  fields.requireOneOf("tokenizer.ggml.model", ["gpt2"]);
  const split = preTokenizers.get(fields.requireOneOf("tokenizer.ggml.pre", [...preTokenizers.keys()]))!;
  const tokens = fields.texts("tokenizer.ggml.tokens");
  const files = new Map([
    ["tokenizer.json", JSON.stringify(tokenizerJson(fields, tokens, split))],
    ["tokenizer_config.json", `${JSON.stringify(tokenizerConfig(fields, tokens), undefined, 2)}\n`],
  ]);
  return new HuggingFaceTokenizer(files, where);
}

function tokenizerJson(fields: GgufFields, tokens: readonly string[], split: PreTokenizer): JsonObject {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(fields, tokens),
    normalizer: split.normalizer,
    pre_tokenizer: split.preTokenizer,
    post_processor: postProcessor(fields, tokens, split),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: split.ignoreMerges,
      vocab: vocabulary(fields, tokens),
      merges: fields.texts("tokenizer.ggml.merges"),
    },
  };
}

function vocabulary(fields: GgufFields, tokens: readonly string[]): Readonly<Record<string, number>> {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const repeated = tokens.findIndex((token, id) => ids.get(token) !== id);
  if (repeated !== -1) throw fields.wrong(`tokenizer.ggml.tokens has ${JSON.stringify(tokens[repeated])} twice`);
  return Object.fromEntries(ids);
}

function addedTokens(fields: GgufFields, tokens: readonly string[]): readonly JsonObject[] {
  const types = fields.tokenTypes(tokens.length);
  const added = [...types.keys()].filter((id) => types[id] === controlType || types[id] === userDefinedType);
  return added.map((id) => ({
    id,
    content: tokens[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: types[id] === controlType,
  }));
}

/** Puts the beginning of text before a text and its end behind it, where the file asks for that. */
function postProcessor(fields: GgufFields, tokens: readonly string[], { addBos }: PreTokenizer): JsonObject | null {
  const bos = fields.id("bos", tokens.length);
  const eos = fields.id("eos", tokens.length);
  const before = fields.flag("tokenizer.ggml.add_bos_token", addBos) && bos !== undefined ? [bos] : [];
  const after = fields.flag("tokenizer.ggml.add_eos_token", false) && eos !== undefined ? [eos] : [];
  if (before.length + after.length === 0) return null;
  const special = (id: number) => ({ SpecialToken: { id: tokens[id], type_id: 0 } });
  const text = (id: "A" | "B") => [...before.map(special), { Sequence: { id, type_id: 0 } }, ...after.map(special)];
  return {
    type: "TemplateProcessing",
    single: text("A"),
    pair: [...text("A"), ...text("B")],
    special_tokens: Object.fromEntries(
      [...before, ...after].map((id) => [tokens[id], { id: tokens[id], ids: [id], tokens: [tokens[id]] }]),
    ),
  };
}

function tokenizerConfig(fields: GgufFields, tokens: readonly string[]): JsonObject {
  const token = (role: string) => {
    const id = fields.id(role, tokens.length);
    return id === undefined ? undefined : tokens[id];
  };
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: token("bos"),
    eos_token: token("eos"),
    pad_token: token("padding"),
    unk_token: token("unknown"),
    clean_up_tokenization_spaces: false,
    chat_template: fields.text("tokenizer.chat_template"),
  };
}
