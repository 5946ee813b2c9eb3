import { fullKl, type KlEstimator, shapeRewards, tokenKl } from "@cai/kl";
import { type Comparison, compareNumbers, type Nested } from "../compare.ts";
import { bytes, floats, type Rows, shape2D, shapeOf } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";

export interface ComputeRewardsCase {
  readonly name: string;
  readonly inputs: { readonly scores: readonly number[]; readonly mask: Rows } & (
    | { readonly logprobs: Rows; readonly refLogprobs: Rows }
    | { readonly logits: Nested; readonly refLogits: Nested }
  );
  readonly params: { readonly klPenalty: string; readonly klCoef: number };
  readonly expected: Readonly<Record<"rewards" | "nonScoreReward" | "kl", Rows>>;
}

const estimators: Readonly<Record<string, KlEstimator>> = { kl: "k1", abs: "abs", mse: "k2" };

export function compareRewards({ inputs, params, expected }: ComputeRewardsCase): Comparison[] {
  const [mask, shape] = [bytes(inputs.mask), shape2D(inputs.mask)];
  const kl = tokenKlOf(inputs, params.klPenalty, mask);
  const { rewards, nonScoreRewards } = shapeRewards({ kl, scores: floats(inputs.scores), mask, shape, coefficient: params.klCoef });
  return [
    compareNumbers("kl", kl, expected.kl, tolerances.trl, mask),
    compareNumbers("nonScoreReward", nonScoreRewards, expected.nonScoreReward, tolerances.trl, mask),
    compareNumbers("rewards", rewards, expected.rewards, tolerances.trl, mask),
  ];
}

function tokenKlOf(inputs: ComputeRewardsCase["inputs"], penalty: string, mask: Uint8Array): Float32Array {
  if ("logits" in inputs)
    return fullKl({ logits: floats(inputs.logits), refLogits: floats(inputs.refLogits), shape: shapeOf(inputs.logits) }).kl;
  const [logprobs, refLogprobs] = [floats(inputs.logprobs), floats(inputs.refLogprobs)];
  return tokenKl({ logprobs, refLogprobs, mask, estimator: estimatorNamed(penalty) });
}

/** The estimator that TRL calls so. */
export function estimatorNamed(penalty: string): KlEstimator {
  const estimator = estimators[penalty];
  if (estimator === undefined)
    throw new Error(`klPenalty ${penalty} has no estimator from log-probabilities; known are ${Object.keys(estimators).join(", ")}`);
  return estimator;
}
