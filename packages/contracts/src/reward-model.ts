/** What a reward model sees: N prompts and their responses, as text and as token ids without padding. */
export interface ScoreRequest {
  readonly prompts: readonly string[];
  /** Decoded up to the end of text, the stop token or the stop text, without special tokens. */
  readonly responses: readonly string[];
  readonly promptIds: readonly Int32Array[];
  readonly responseIds: readonly Int32Array[];
}

/** Scores responses: one method, so that anybody can write one. */
export interface RewardModel {
  /** One finite number for each row. Rejects with the signal's reason when aborted. */
  score(request: ScoreRequest, options?: { readonly signal?: AbortSignal }): Promise<Float32Array>;
  /** Frees sessions and connections. */
  dispose?(): Promise<void>;
}

/** A reward as a mere function: one finite number for each row, in their order, at once or later. */
export type ScoreFunction = (
  request: ScoreRequest,
  options: { readonly signal?: AbortSignal },
) => ArrayLike<number> | PromiseLike<ArrayLike<number>>;
