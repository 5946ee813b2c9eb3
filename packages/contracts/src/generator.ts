import type { KeptTokens } from "./kept-tokens.ts";
import type { SequenceBatch, TokenBatch } from "./tokens.ts";

/**
 * What makes a draw: the uniform number for token t of the sample `firstSample + row` is a function of
 * (seed, stream, step, sample, t) and of nothing else, so batching, early stops, workers and resuming never change it.
 */
export interface DrawCounters {
  readonly seed: number;
  readonly stream: string;
  readonly step: number;
  /** The number of the first row within the step. Default 0. */
  readonly firstSample?: number;
}

/** How responses are drawn. */
export interface SamplingOptions {
  readonly draws: DrawCounters;
  readonly maxNewTokens: number;
  /** No end-of-text or stop token is drawn before so many tokens. Default 0. */
  readonly minNewTokens?: number;
  /** Logits are divided by it; 0 is greedy. Default 1. */
  readonly temperature?: number;
  /** Draw from the k likeliest tokens only. Default: all. */
  readonly topK?: number;
  /** Draw from the smallest set of likeliest tokens whose probability reaches p. Default: all. */
  readonly topP?: number;
  /** Ids that end a response beside the model's own end of text; the finish reason is then `stop`. */
  readonly stopTokenIds?: readonly number[];
  /** Ask for `keptTokens`, where top-k or top-p leave tokens out. Default: false. */
  readonly recordKeptTokens?: boolean;
  /**
   * Hears of each token as it is drawn, so that a text can be shown while it is written. Where it returns true the row ends with this token, and its
   * finish reason is `stop`. What it throws, `generate` rejects with. An engine that can't tell of its tokens refuses it.
   */
  readonly onToken?: (token: DrawnToken) => boolean | undefined;
  readonly signal?: AbortSignal;
}

/** A token of a response that is being drawn. */
export interface DrawnToken {
  /** Of the prompt within the batch, from 0. */
  readonly row: number;
  readonly id: number;
  /** Where the token ends its row, by itself or at the limit. */
  readonly finishReason: FinishReason | undefined;
}

/** `eos`: the model ended its text. `length`: cut at the limit. `stop`: a stop token was drawn, or a text was written that ends it. */
export type FinishReason = "eos" | "length" | "stop";

/** Responses to a batch of prompts; B rows, in the order of the prompts. */
export interface Generation {
  /** `[B, T]`, right-padded, T ≤ maxNewTokens. A token that ended a row is part of it (mask 1). */
  readonly responses: TokenBatch;
  /**
   * `[B, T]`, 0 where masked: log-probabilities of the drawn tokens under the distribution that was really sampled
   * (temperature, top-k, top-p, minimum length), in the engine's own numerics. For greedy decoding: under the model at temperature 1.
   */
  readonly behaviourLogprobs: Float32Array;
  /** One for each row. */
  readonly finishReasons: readonly FinishReason[];
  /**
   * The ids that each token was drawn from, if asked for and where top-k or top-p left others out; they lack what a minimum length ruled out. Four
   * bytes an id: with top-p and a flat distribution, many.
   */
  readonly keptTokens?: KeptTokens | undefined;
}

/** Anything that continues prompts: the policy itself, or a faster engine that holds its weights. */
export interface Generator {
  /** Prompts are left-padded, `[B, P]`. Rejects with the signal's reason when aborted. */
  generate(prompts: TokenBatch, sampling: SamplingOptions): Promise<Generation>;
  /** True where it draws in the policy's own numerics, if elsewhere: what it drew then needs no importance weights. Default: false. */
  readonly drawsAsPolicy?: boolean;
  /** What else the last call tells, under names of `metrics.jsonl`. */
  metrics?(): Readonly<Record<string, number>>;
  /** How many steps ahead it is to be told what will be asked of it. It may answer with weights of so many steps before. Default: 0. */
  readonly lookahead?: number;
  /** Hears, before a step's `generate`, what the steps after it will ask: the next one first, `lookahead` of them or what is left. */
  foresee?(upcoming: readonly ForeseenPrompts[]): void;
  /**
   * Which weights the last foreseen step was drawn with, where not all are the newest: for each of its slices, in their order, the number of the step
   * after which the weights stood; 0: before the first.
   */
  drawnAfter?(): readonly number[] | undefined;
}

/** What a step will ask of a generator. */
export interface ForeseenPrompts {
  readonly prompts: TokenBatch;
  readonly sampling: SamplingOptions;
}

/** Prompts, their responses and what was recorded while they were drawn. */
export interface Rollout extends SequenceBatch, Generation {}
