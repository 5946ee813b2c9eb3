import { type Rollout, selectRows, selectSequences } from "@cai/contracts";

/** What the policy and the value model said of a rollout before its update, `[B, T]`, 0 where the response mask is 0. */
interface OldPolicy {
  /** Over the tokens that each was drawn from, where the rollout has `keptTokens`. */
  readonly logprobs: Float32Array;
  readonly values: Float32Array;
}

/**
 * What the epochs learn from: a rollout and all that was computed on it before the first update. Arrays are `[B, T]` over response
 * tokens, row-major, 0 where the response mask is 0.
 */
export interface Experience extends Rollout, OldPolicy {
  readonly refLogprobs: Float32Array;
  /** Whitened over the valid tokens of the whole rollout. */
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
}

/** The given rows of an experience, in the order given. */
export function selectExperience(experience: Experience, rows: ArrayLike<number>): Experience {
  const select = (values: Float32Array) => selectRows(values, experience.responses.shape, rows);
  return {
    ...selectSequences(experience, rows),
    finishReasons: Array.from(rows, (row) => experience.finishReasons[row]!),
    behaviourLogprobs: select(experience.behaviourLogprobs),
    logprobs: select(experience.logprobs),
    refLogprobs: select(experience.refLogprobs),
    values: select(experience.values),
    advantages: select(experience.advantages),
    returns: select(experience.returns),
  };
}
