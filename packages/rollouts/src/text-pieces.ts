import type { Tokenizer } from "@cai/contracts";

/** What a text of tokens that is cut within a character ends with. */
const broken = "\uFFFD";
/** Tokens before a text that tell how its first one is written: whether with a space, say. */
const context = 5;

/**
 * A text token by token, in whole characters: where a token ends within a character, its text comes with the token that completes it. A few tokens are
 * decoded each time, never the whole text.
 *
 * @example
 * const pieces = new TextPieces(tokenizer);
 * const texts = [...tokenizer.encode("a café")].map((id) => pieces.add(id));
 * console.log(texts.join("") + pieces.end()); // a café
 */
export class TextPieces {
  readonly #tokenizer: Pick<Tokenizer, "decode">;
  readonly #skipSpecialTokens: boolean;
  /** The last tokens whose text was given, and how many of them there are, and those whose text is still to come. */
  #ids: number[];
  #given: number;

  /**
   * @param options.before the tokens that the text goes on from: its first word may be written in another way behind them than alone. Default: none.
   * @param options.skipSpecialTokens leaves special tokens out. Default: false.
   */
  constructor(
    tokenizer: Pick<Tokenizer, "decode">,
    { before = [], skipSpecialTokens = false }: { readonly before?: ArrayLike<number>; readonly skipSpecialTokens?: boolean } = {},
  ) {
    this.#tokenizer = tokenizer;
    this.#skipSpecialTokens = skipSpecialTokens;
    this.#ids = Array.from(before).slice(-context);
    this.#given = this.#ids.length;
  }

  /** The text that is whole with this token; "" where none is. */
  add(id: number): string {
    this.#ids.push(id);
    const text = this.#rest();
    if (text === "" || text.endsWith(broken)) return "";
    this.#ids = this.#ids.slice(this.#given);
    this.#given = this.#ids.length;
    return text;
  }

  /** What is left where the text ends within a character: U+FFFD. */
  end(): string {
    const text = this.#rest();
    this.#given = this.#ids.length;
    return text;
  }

  #rest(): string {
    const decode = (ids: number[]) => this.#tokenizer.decode(ids, { skipSpecialTokens: this.#skipSpecialTokens });
    return decode(this.#ids).slice(decode(this.#ids.slice(0, this.#given)).length);
  }
}
