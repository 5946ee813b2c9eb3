import type { ChatMessage, Tokenizer } from "@cai/contracts";
import { createEngine } from "#platform";
import { type NamedTemplateOptions, renderChat } from "./chat/render-chat.ts";
import { type ChatTemplates, readChatTemplates } from "./chat/templates.ts";
import { cleanUp, isCleanUpAsked } from "./clean-up.ts";
import { type ConfiguredTokenizer, configuredTokenizer } from "./configured/configured-tokenizer.ts";
import type { Engine } from "./engine/engine.ts";
import { TokenizerError } from "./error.ts";
import { parseJsonFile } from "./files.ts";
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
  readonly #idOf: (token: string) => number | undefined;
  readonly #where: string;
  readonly #cleansUp: boolean;
  readonly #specialTokens: SpecialTokens;
  readonly #chatTemplates: ChatTemplates;

  /** @param where What messages of errors call it: a folder, say. */
  constructor(files: ReadonlyMap<string, string>, where: string) {
    const json = parseJsonFile(files, "tokenizer.json", where);
    if (json === undefined) throw new TokenizerError("missing-file", `${where} has no tokenizer.json`);
    const config = parseJsonFile(files, "tokenizer_config.json", where) ?? {};
    const map = parseJsonFile(files, "special_tokens_map.json", where) ?? {};
    const legacy = parseJsonFile(files, "added_tokens.json", where) ?? {};
    const named = readSpecialTokens({ config, map });
    const configured = configuredTokenizer({ json, config, legacy }, named, where);
    this.files = files;
    this.#engine = startEngine(configured, where);
    this.#idOf = configured.idOf;
    this.#where = where;
    this.#cleansUp = isCleanUpAsked(config, json.model);
    this.#specialTokens = withClassDefaults(named, { config, hasToken: (token) => configured.idOf(token) !== undefined });
    this.#chatTemplates = readChatTemplates(config, files.get("chat_template.jinja"), where);
    this.chatTemplate = this.#chatTemplates.defaultText;
    this.vocabSize = configured.vocabSize;
    if (this.vocabSize === 0) throw new TokenizerError("invalid-file", `${where}: tokenizer.json has no tokens`);
    this.bosTokenId = this.#idOfRole("bos_token");
    this.eosTokenId = this.#idOfRole("eos_token");
    this.padTokenId = this.#idOfRole("pad_token");
    const maxLength = config.model_max_length;
    this.modelMaxLength = typeof maxLength === "number" && Number.isSafeInteger(maxLength) && maxLength > 0 ? maxLength : undefined;
  }

  /**
   * Characters that the vocabulary can't write become the unknown token, or are left out where BPE has none.
   *
   * @throws TokenizerError `cannot-encode` where the vocabulary lacks them and its kind of model needs an unknown token; `too-costly` where a
   *   tokenizer.json with patterns of its own takes more than five seconds, or would make a text out of proportion.
   */
  encode(text: string, { addSpecialTokens = true }: { readonly addSpecialTokens?: boolean } = {}): Int32Array {
    try {
      return this.#engine.encode(text, addSpecialTokens);
    } catch (cause) {
      const advice = ": give its model an unknown token that its vocabulary has";
      throw this.#refusal(cause, "cannot-encode", `can't encode ${shortened(text)}`, advice);
    }
  }

  /**
   * Ids that the vocabulary doesn't have (a model may have more rows than its tokenizer has tokens) are left out.
   *
   * @throws TokenizerError `cannot-decode`, `too-costly` as `encode`
   */
  decode(ids: ArrayLike<number>, { skipSpecialTokens = false }: { readonly skipSpecialTokens?: boolean } = {}): string {
    const possible = Int32Array.from(Array.from(ids).filter((id) => Number.isInteger(id) && id >= 0 && id < this.vocabSize));
    let text: string;
    try {
      text = this.#engine.decode(possible, skipSpecialTokens);
    } catch (cause) {
      throw this.#refusal(cause, "cannot-decode", `can't decode ${possible.length} ids`);
    }
    return this.#cleansUp ? cleanUp(text) : text;
  }

  #refusal(cause: unknown, code: string, what: string, advice = ""): unknown {
    const isOurs = TokenizerError.isInstance(cause);
    if (isOurs && cause.code === "engine-failed") return cause;
    const reason = (cause as Error).message;
    return new TokenizerError(isOurs ? cause.code : code, `${this.#where} ${what}: ${reason}${isOurs ? "" : advice}`, { cause });
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

  #idOfRole(role: keyof SpecialTokens): number | undefined {
    const token = this.#specialTokens[role];
    if (token === undefined) return undefined;
    const id = this.#idOf(token);
    if (id !== undefined) return id;
    throw new TokenizerError(
      "unknown-special-token",
      `${this.#where}: the ${role} is "${token}", which tokenizer.json does not have: add it to added_tokens there, or name one that it has`,
    );
  }
}

function startEngine(configured: ConfiguredTokenizer, where: string): Engine {
  try {
    return createEngine(configured);
  } catch (cause) {
    if (TokenizerError.isInstance(cause)) {
      if (cause.code === "engine-failed") throw cause;
      throw new TokenizerError(cause.code, `${where}: ${cause.message}`, { cause });
    }
    const message = `${where}: tokenizer.json is no tokenizer that can be used here: ${(cause as Error).message}`;
    throw new TokenizerError("invalid-file", message, { cause });
  }
}

function shortened(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 59)}…`);
}
