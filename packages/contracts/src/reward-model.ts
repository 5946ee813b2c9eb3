/** What a reward model sees: N prompts and their responses, as text and as token ids without padding. */
export interface ScoreRequest {
  readonly prompts: readonly string[];
  /** Decoded up to the end of text, the stop token or the stop text, without special tokens. */
  readonly responses: readonly string[];
  readonly promptIds: readonly Int32Array[];
  readonly responseIds: readonly Int32Array[];
  /**
   * What else the prompts' rows hold, by column, a value a row: `expected` is what the response should be, where the data say so. Undefined
   * where a row has no such column. Absent where no row has any.
   */
  readonly columns?: Readonly<Record<string, readonly unknown[]>>;
}

/** Scores, and what they are made of: `[N]` each, the parts by their names, which are the same for every row. */
export interface ScoreParts {
  readonly scores: Float32Array;
  readonly parts: Readonly<Record<string, Float32Array>>;
}

/** Scores responses: one method, so that anybody can write one. */
export interface RewardModel {
  /** One finite number for each row. Rejects with the signal's reason when aborted. */
  score(request: ScoreRequest, options?: { readonly signal?: AbortSignal }): Promise<Float32Array>;
  /** The same with the parts that are logged apart, where it knows of any. */
  scoreParts?(request: ScoreRequest, options?: { readonly signal?: AbortSignal }): Promise<ScoreParts>;
  /** Frees sessions and connections. */
  dispose?(): Promise<void>;
}

/**
 * What a reward function gives: one finite number for each row, in their order; or several by name, which are logged apart. Then the score is
 * their sum, unless `scores` says another.
 */
export type GivenScores =
  | ArrayLike<number>
  | { readonly parts: Readonly<Record<string, ArrayLike<number>>>; readonly scores?: ArrayLike<number> };

/** A reward as a mere function, at once or later. */
export type ScoreFunction = (request: ScoreRequest, options: { readonly signal?: AbortSignal }) => GivenScores | PromiseLike<GivenScores>;
