import type { ChatMessage, Tokenizer } from "@cai/contracts";
import { Tokenizer as Engine } from "@huggingface/tokenizers";
import { type NamedTemplateOptions, renderChat } from "./chat/render-chat.ts";
import { type ChatTemplates, readChatTemplates } from "./chat/templates.ts";
import { mendDigits } from "./digits.ts";
import { TokenizerError } from "./error.ts";
import { type JsonObject, parseJsonFile } from "./files.ts";
import { readSpecialTokens, type SpecialTokens, withClassDefaults } from "./special-tokens.ts";

/**
 * A tokenizer in Hugging Face's format. Made by `loadTokenizer` or `createTokenizer`.
 *
 * Decoding keeps text as it is: spaces before punctuation are only cleaned up where tokenizer_config.json asks for it.
 */
export class HuggingFaceTokenizer implements Tokenizer {
  /** The files that it was made from: name → exact text, so that a saved model carries them unchanged. */
  readonly files: ReadonlyMap<string, string>;
  /** The largest id + 1, added tokens included. */
  readonly vocabSize: number;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
  readonly padTokenId: number | undefined;
  /** `model_max_length` of tokenizer_config.json, in tokens; undefined where it is absent or means "no limit". */
  readonly modelMaxLength: number | undefined;
  /** The text of the chat template that is used unless another is named; undefined where there is none. */
  readonly chatTemplate: string | undefined;
  readonly #engine: Engine;
  readonly #where: string;
  readonly #specialTokens: SpecialTokens;
  readonly #chatTemplates: ChatTemplates;

  /** @param where What messages of errors call it: a folder, say. */
  constructor(files: ReadonlyMap<string, string>, where: string) {
    const json = parseJsonFile(files, "tokenizer.json", where);
    if (json === undefined) throw new TokenizerError("missing-file", `${where} has no tokenizer.json`);
    const config = parseJsonFile(files, "tokenizer_config.json", where) ?? {};
    const map = parseJsonFile(files, "special_tokens_map.json", where) ?? {};
    const named = readSpecialTokens({ config, map });
    const engine = createEngine(json, { ...config, ...named }, where);
    this.files = files;
    this.#engine = engine;
    this.#where = where;
    this.#specialTokens = withClassDefaults(named, { config, hasToken: (token) => engine.token_to_id(token) !== undefined });
    this.#chatTemplates = readChatTemplates(config, files.get("chat_template.jinja"), where);
    this.chatTemplate = this.#chatTemplates.defaultText;
    this.vocabSize = engine.model?.vocab.length ?? 0;
    if (this.vocabSize === 0) throw new TokenizerError("invalid-file", `${where}: tokenizer.json has no tokens`);
    this.bosTokenId = this.#idOf("bos_token");
    this.eosTokenId = this.#idOf("eos_token");
    this.padTokenId = this.#idOf("pad_token");
    const maxLength = config.model_max_length;
    this.modelMaxLength = typeof maxLength === "number" && Number.isSafeInteger(maxLength) && maxLength > 0 ? maxLength : undefined;
  }

  /** Characters that the vocabulary can't write become the unknown token, or are left out where there is none. */
  encode(text: string, { addSpecialTokens = true }: { readonly addSpecialTokens?: boolean } = {}): Int32Array {
    const { ids } = this.#engine.encode(text, { add_special_tokens: addSpecialTokens });
    return Int32Array.from(ids.filter((id) => id !== undefined));
  }

  /** Ids that the vocabulary doesn't have (a model may have more rows than its tokenizer has tokens) are left out. */
  decode(ids: ArrayLike<number>, { skipSpecialTokens = false }: { readonly skipSpecialTokens?: boolean } = {}): string {
    const known = Array.from(ids).filter((id) => this.#engine.id_to_token(id) !== undefined);
    if (known.length === 0) return "";
    return this.#engine.decode(known, { skip_special_tokens: skipSpecialTokens });
  }

  /** @throws TokenizerError `no-chat-template`, or `chat-template-failed` when the template refuses the messages. */
  applyChatTemplate(messages: readonly ChatMessage[], options: NamedTemplateOptions = {}): string {
    return renderChat({
      templates: this.#chatTemplates,
      messages,
      options,
      specialTokens: this.#specialTokens,
      where: this.#where,
    });
  }

  #idOf(role: keyof SpecialTokens): number | undefined {
    const token = this.#specialTokens[role];
    if (token === undefined) return undefined;
    const id = this.#engine.token_to_id(token);
    if (id !== undefined) return id;
    throw new TokenizerError(
      "unknown-special-token",
      `${this.#where}: the ${role} is "${token}", which tokenizer.json does not have: add it to added_tokens there, or name one that it has`,
    );
  }
}

function createEngine(json: JsonObject, config: JsonObject, where: string): Engine {
  try {
    return new Engine(
      {
        normalizer: null,
        post_processor: null,
        decoder: null,
        ...json,
        added_tokens: json.added_tokens ?? [],
        pre_tokenizer: mendDigits(json.pre_tokenizer ?? null),
      },
      // The library's own default cleans up, which changes the text of byte-level models.
      { ...config, clean_up_tokenization_spaces: config.clean_up_tokenization_spaces === true },
    );
  } catch (cause) {
    const message = `${where}: tokenizer.json is no tokenizer that can be used here: ${(cause as Error).message}`;
    throw new TokenizerError("invalid-file", message, { cause });
  }
}
