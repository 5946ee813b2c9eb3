import { adaptiveKlController, fullKl, type KlEstimator, shapeRewards, tokenKl } from "@cai/kl";
import type { Nested } from "../compare.ts";
import { bytes, floats, type Rows, shape2D, shapeOf } from "../golden-json.ts";

export function kl({
  inputs,
  params,
}: {
  inputs: { logp: Rows; refLogp: Rows } | { logits: Nested; refLogits: Nested };
  params: { logRatioClamp?: number; outputClamp?: number };
}) {
  if ("logits" in inputs)
    return fullKl({ logits: floats(inputs.logits), refLogits: floats(inputs.refLogits), shape: shapeOf(inputs.logits) });
  const logprobs = floats(inputs.logp);
  const mask = new Uint8Array(logprobs.length).fill(1);
  const estimate = (estimator: KlEstimator) => tokenKl({ logprobs, refLogprobs: floats(inputs.refLogp), mask, estimator, ...params });
  return { k1: estimate("k1"), k2: estimate("k2"), k3: estimate("k3"), abs: estimate("abs") };
}

export function rewardShaping({
  inputs,
  params,
}: {
  inputs: { logp: Rows; refLogp: Rows; mask: Rows; scores: readonly number[] };
  params: { beta: number; estimator: KlEstimator };
}) {
  const [mask, shape] = [bytes(inputs.mask), shape2D(inputs.mask)];
  const tokens = tokenKl({ logprobs: floats(inputs.logp), refLogprobs: floats(inputs.refLogp), mask, estimator: params.estimator });
  return shapeRewards({ kl: tokens, scores: floats(inputs.scores), mask, shape, coefficient: params.beta });
}

export function adaptiveKl({
  inputs,
  params,
}: {
  inputs: { observedKl: readonly number[] };
  params: { beta0: number; target: number; horizon: number; n: number };
}) {
  const controller = adaptiveKlController({ coefficient: params.beta0, target: params.target, horizon: params.horizon });
  const beta = inputs.observedKl.map((observed) => {
    controller.update({ kl: observed, samples: params.n });
    return controller.coefficient;
  });
  return { beta };
}
