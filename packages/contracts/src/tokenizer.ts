/** One turn of a conversation. Whatever else it holds than is named here reaches the chat template too. */
export interface ChatMessage {
  readonly role: string;
  /** Text, or parts of it and of other things, `{ type: "text", text: "…" }`; absent where a turn only calls tools, say. */
  readonly content?: string | readonly object[] | null;
  readonly name?: unknown;
  readonly tool_calls?: unknown;
  readonly tool_call_id?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly thinking?: unknown;
}

/** What a chat template is given beside the messages; the names and meanings are those of `transformers`. */
export interface ChatTemplateOptions {
  /** Ends with the beginning of the assistant's turn. Default: false. */
  readonly addGenerationPrompt?: boolean;
  /**
   * Leaves the last message open, so that the model goes on with it instead of beginning a turn: with its content, or with the field of
   * this name (`"reasoning_content"`). Not together with `addGenerationPrompt`. Default: false.
   */
  readonly continueFinalMessage?: boolean | string;
  /** Functions that the model may call, each as a JSON schema. */
  readonly tools?: readonly object[];
  /** What the model may look things up in. */
  readonly documents?: readonly object[];
  /** More variables of the template: `{ enable_thinking: false }`. */
  readonly chatTemplateKwargs?: Readonly<Record<string, unknown>>;
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
  applyChatTemplate(messages: readonly ChatMessage[], options?: ChatTemplateOptions): string;
}
