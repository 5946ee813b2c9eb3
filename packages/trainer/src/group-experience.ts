import { type Rollout, type SequenceBatch, selectRows, selectSequences } from "@cai/contracts";

/** What trainers without a value model learn from. Arrays are `[B, T]` over response tokens; what stands where the mask is 0 counts for nothing. */
export interface GroupExperience extends SequenceBatch {
  /** Of the policy before its update. */
  readonly logprobs: Float32Array;
  /** The same over the whole vocabulary, where responses were drawn from part of it; only where a KL in the loss is weighed by it. */
  readonly fullLogprobs?: Float32Array | undefined;
  /** Only where a KL is measured. */
  readonly refLogprobs: Float32Array | undefined;
  readonly advantages: Float32Array;
  /** Of tokens whose engine was another; undefined: all 1. */
  readonly weights: Float32Array | undefined;
}

/** The given rows of an experience, in the order given. */
export function selectGroupExperience(experience: GroupExperience, rows: ArrayLike<number>): GroupExperience {
  const { fullLogprobs, refLogprobs, weights } = experience;
  const select = (values: Float32Array) => selectRows(values, experience.responses.shape, rows);
  return {
    ...selectSequences(experience, rows),
    logprobs: select(experience.logprobs),
    fullLogprobs: fullLogprobs && select(fullLogprobs),
    refLogprobs: refLogprobs && select(refLogprobs),
    advantages: select(experience.advantages),
    weights: weights && select(weights),
  };
}

/** A rollout whose responses that were cut at the length limit count for nothing. */
export function withoutTruncated<Batch extends Rollout>(rollout: Batch): Batch {
  const { responses, finishReasons } = rollout;
  const mask = responses.mask.map((valid, cell) => (finishReasons[Math.floor(cell / responses.shape[1])] === "length" ? 0 : valid));
  return { ...rollout, responses: { ...responses, mask } };
}

/** `[B]` numbers, one for each cell of their row: `[B, T]`. */
export function perToken(values: Float32Array, { responses: { shape } }: SequenceBatch): Float32Array {
  return Float32Array.from({ length: shape[0] * shape[1] }, (_, cell) => values[Math.floor(cell / shape[1])]!);
}

/** `[B]`: the number that all cells of a row have in common, of `[B, T]` ones. */
export function perSequence(values: Float32Array, { responses: { shape } }: SequenceBatch): Float32Array {
  return Float32Array.from({ length: shape[0] }, (_, row) => values[row * shape[1]]!);
}
