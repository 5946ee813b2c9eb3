import { Tokenizer as Library } from "@huggingface/tokenizers";
import type { AddedToken } from "../../configured/added-tokens.ts";
import type { ConfiguredTokenizer } from "../../configured/configured-tokenizer.ts";
import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import type { Engine } from "../engine.ts";
import { refuseUnsupportedAddedTokens } from "./added-tokens.ts";
import { mendByteFallback } from "./byte-fallback.ts";
import { supportedDecoder } from "./decoders.ts";
import { refuseUnsupportedModel } from "./models.ts";
import { supportedNormalizer } from "./normalizers.ts";
import { refuseUnsupportedPostProcessor } from "./post-processors.ts";
import { supportedPreTokenizer } from "./pre-tokenizers.ts";
import { unsupported } from "./unsupported.ts";

/**
 * The JavaScript library, for browsers. It reads options that it doesn't honour: what it gets right in other words is written in those, what
 * it doesn't get right is refused, so that what is accepted gives the ids and texts of the Rust library.
 */
export class JavaScriptEngine implements Engine {
  readonly #library: Library;

  /** @throws TokenizerError `unsupported-option`, naming the option */
  constructor({ json, idOf }: ConfiguredTokenizer) {
    const { normalizer, pre_tokenizer, post_processor, decoder } = json;
    const model = json.model as JsonObject;
    const addedTokens = json.added_tokens as readonly AddedToken[];
    refuseUnsupportedModel(model, {
      isWhole: keepsUnknownCharactersApart(pre_tokenizer, idOf),
      isBytes: isByteLevel(pre_tokenizer),
    });
    refuseFirstOfNormalized(pre_tokenizer, normalizer, addedTokens);
    refuseUnsupportedPostProcessor(post_processor, idOf);
    this.#library = new Library(
      {
        ...json,
        normalizer: supportedNormalizer(normalizer),
        pre_tokenizer: supportedPreTokenizer(pre_tokenizer),
        post_processor,
        decoder: supportedDecoder(decoder, { ofModel: tokensOf(model), added: addedTokens }),
      },
      { unk_token: model.unk_token, clean_up_tokenization_spaces: false },
    );
    mendByteFallback(this.#library.decoder);
    const { normalizer: normalize } = this.#library;
    refuseUnsupportedAddedTokens(addedTokens, normalize === null ? undefined : (text) => normalize.normalize(text));
  }

  encode(text: string, addSpecialTokens: boolean): Int32Array {
    const { ids } = this.#library.encode(wellFormed(text), { add_special_tokens: addSpecialTokens });
    if (ids.includes(undefined as never)) throw new Error("merges lead to a token that its vocabulary lacks");
    return Int32Array.from(ids);
  }

  decode(ids: Int32Array, skipSpecialTokens: boolean): string {
    const known = Array.from(ids).filter((id) => this.#library.id_to_token(id) !== undefined);
    return known.length === 0 ? "" : this.#library.decode(known, { skip_special_tokens: skipSpecialTokens });
  }
}

/** Halves of surrogate pairs become U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function tokensOf({ vocab }: JsonObject): readonly string[] {
  return Array.isArray(vocab) ? vocab.map(([piece]) => piece) : Object.keys(vocab as JsonObject);
}

/** Whether no two unknown characters of different pieces can meet: one piece, or pieces that each begin with a known one. */
function keepsUnknownCharactersApart(preTokenizer: unknown, idOf: (token: string) => number | undefined): boolean {
  if (!isJsonObject(preTokenizer)) return true;
  const { type, split, replacement } = preTokenizer;
  return type === "Metaspace" && (split === false || (typeof replacement === "string" && idOf(replacement) !== undefined));
}

function isByteLevel(preTokenizer: unknown): boolean {
  if (!isJsonObject(preTokenizer)) return false;
  const { type, pretokenizers } = preTokenizer;
  return type === "Sequence" && Array.isArray(pretokenizers) ? isByteLevel(pretokenizers.at(-1)) : type === "ByteLevel";
}

/** Which piece is a text's first, the library only knows where nothing was changed or found before. */
function refuseFirstOfNormalized(preTokenizer: unknown, normalizer: unknown, addedTokens: readonly AddedToken[]): void {
  if (!JSON.stringify(preTokenizer ?? null).includes('"prepend_scheme":"first"')) return;
  if (normalizer !== null || addedTokens.some(({ normalized }) => normalized)) {
    unsupported("a pre-tokenizer Metaspace with prepend_scheme first behind a normalizer or normalized added tokens");
  }
}
