import type { SequenceBatch } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import type { Slopes } from "@cai/training";

/** What a pass gives: `[B, T]` each; `entropy` only with an entropy bonus, `fullLogprobs` where `logprobs` are over kept tokens and there is a KL. */
export type GroupNumbers = { readonly logprobs: Float32Array; readonly fullLogprobs?: Float32Array; readonly entropy?: Float32Array };

/** The loss of some answers and its parts. */
export interface GroupLoss {
  readonly total: number;
  /** Mean of the KL's estimates over valid tokens, where it is a term of the loss. */
  readonly kl: number | undefined;
  readonly entropy: number | undefined;
  /** Shares of what was clipped, by the names of metrics. */
  readonly clipped: Readonly<Record<string, number>>;
  readonly slopes: Slopes;
}

/** What a loss of some rows divides by, and how its rows stand. */
export const meansOver = ({ responses: { mask, shape } }: SequenceBatch, denominators: Denominators) => ({ mask, shape, denominators });
