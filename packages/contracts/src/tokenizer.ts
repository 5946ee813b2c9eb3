/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** Text to token ids and back. */
export interface Tokenizer {
  /** Number of ids, added tokens included. */
  readonly vocabSize: number;
  readonly eosTokenId: number | undefined;
  readonly bosTokenId: number | undefined;
  readonly padTokenId: number | undefined;
  /** Special tokens that the tokenizer's own post-processor adds (a beginning of text, say) are added unless told otherwise. */
  encode(text: string, options?: { readonly addSpecialTokens?: boolean }): Int32Array;
  /** Invalid UTF-8 becomes U+FFFD. Special tokens are kept unless told otherwise. */
  decode(ids: ArrayLike<number>, options?: { readonly skipSpecialTokens?: boolean }): string;
  /** The conversation as the model's chat template writes it. Throws where the model has no template. */
  applyChatTemplate(messages: readonly ChatMessage[], options?: { readonly addGenerationPrompt?: boolean }): string;
}
