import type { ChatMessage, DrawCounters } from "@cai/contracts";

/** How text is drawn. Question `i` of a call is sample `draws.firstSample + i`, so that batches and resuming change no draw. */
export interface CompletionOptions {
  readonly draws: DrawCounters;
  readonly maxNewTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly signal?: AbortSignal;
}

/**
 * How a text ended. `finished`: by itself, where the model ended its text or turn. `cut`: by something else before that, the limit on its tokens or
 * a filter. `open`: at the limit, in a format whose texts have no end of their own (`continuation`). `unknown`: the model doesn't say.
 */
export type Ending = "finished" | "cut" | "open" | "unknown";

/** What a model wrote. */
export interface Completion {
  /** Without special tokens. */
  readonly text: string;
  readonly ending: Ending;
}

/** A question with the answers that it may have. */
export interface Choice {
  readonly messages: readonly ChatMessage[];
  /** Two at least, each of a token or few: `["A", "B"]`. */
  readonly options: readonly string[];
}

/** An answer to a conversation. */
export interface Answered {
  readonly messages: readonly ChatMessage[];
  readonly answer: string;
}

/** How likely an answer is. */
export interface AnswerLogprob {
  /** Of the whole answer, in nats: the sum over its tokens, without the end of the turn. */
  readonly logprob: number;
  /** Tokens of the answer. */
  readonly tokens: number;
}

/**
 * A language model that is asked: it writes answers, critiques and revisions, and judges. Messages are a conversation that the model answers;
 * one that ends with the assistant's turn is gone on with. Every method answers in the order of what was asked, and rejects with the signal's
 * reason when aborted.
 */
export interface FeedbackModel {
  /** What its answers are recorded under: the same where the same weights, or the same endpoint and model, are asked. */
  readonly identity: string;
  /** An answer to each conversation. */
  complete(conversations: readonly (readonly ChatMessage[])[], options: CompletionOptions): Promise<Completion[]>;
  /** Log-probabilities of each option as the beginning of the answer, not normalised over the options; absent where the model tells none. */
  readonly choose?: (choices: readonly Choice[], options: { readonly signal?: AbortSignal }) => Promise<number[][]>;
  /** How likely given answers are; absent where the model can't tell. */
  readonly logprobs?: (answers: readonly Answered[], options: { readonly signal?: AbortSignal }) => Promise<AnswerLogprob[]>;
}
