/** What a tokenizer.json does, by whichever library. Its methods throw plain errors with the library's reason. */
export interface Engine {
  encode(text: string, addSpecialTokens: boolean): Int32Array;
  /** Ids without a token are left out. */
  decode(ids: Int32Array, skipSpecialTokens: boolean): string;
}
