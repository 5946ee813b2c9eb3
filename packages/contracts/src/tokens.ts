import type { KeptTokens } from "./kept-tokens.ts";

/** Rows and columns of a row-major array. */
export type Shape2D = readonly [rows: number, columns: number];

/**
 * Token ids of several rows, padded to one length. Prompts are padded on the left, responses on the right.
 *
 * `ids` and `mask` hold rows × columns elements, row-major. Mask 1 counts, 0 is padding: go by the mask, never by the id
 * (padding often shares its id with the end of text).
 */
export interface TokenBatch {
  readonly ids: Int32Array;
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
}

/**
 * Prompts `[B, P]` and their responses `[B, T]`, the same B: what a model sees is `[prompt | response]`, column by column.
 *
 * The log-probability, entropy and value of response token j are read at column P + j − 1, the one before it. So nothing is read after a
 * row's last token, and a row may have one more than the model's context.
 */
export interface SequenceBatch {
  readonly prompts: TokenBatch;
  readonly responses: TokenBatch;
  /** What each response token was drawn from, where that was less than the whole vocabulary and was recorded. */
  readonly keptTokens?: KeptTokens | undefined;
}
