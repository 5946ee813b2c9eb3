import { maskedMean, maskedVariance } from "@cai/gae";
import { tokenEntropy } from "@cai/kernels";
import { tokenKl } from "@cai/kl";
import { policyDiagnostics, valueDiagnostics } from "@cai/ppo-loss";
import { policyLoss, valueLoss } from "@cai/ppo-loss/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { type Comparison, compareNumbers, type Nested, type Tolerance } from "../compare.ts";
import { bytes, floats, type Rows, shape2D, shapeOf } from "../golden-json.ts";
import { numbersOf, valueAndGradient } from "../gradient.ts";
import { tolerances } from "../tolerances.ts";

export interface LossCase {
  readonly name: string;
  readonly inputs: Readonly<Record<"oldLogprobs" | "values" | "vpreds" | "logprobs" | "mask" | "advantages" | "returns", Rows>> & {
    readonly logits: Nested;
  };
  readonly params: Readonly<Record<"cliprange" | "clipRangeValue" | "vfCoef" | "ratioThreshold", number>>;
  readonly expected: Readonly<Record<"pgLoss" | "vfLossTimesCoef", number>> & {
    readonly stats: Readonly<Record<string, number>>;
    readonly ratio: Rows;
    readonly gradLogprobs: Rows;
    readonly gradVpreds: Rows;
  };
}

function given({ inputs, params }: LossCase) {
  const mask = bytes(inputs.mask);
  return {
    policy: { oldLogprobs: floats(inputs.oldLogprobs), advantages: floats(inputs.advantages), mask, clipLow: params.cliprange },
    value: { oldValues: floats(inputs.values), returns: floats(inputs.returns), mask, clip: params.clipRangeValue },
  };
}

/** TRL drops a batch whose mean ratio is above its threshold: it sets both losses to 0. */
export function isDroppedByTrl(one: LossCase): boolean {
  const { ratioMean } = policyDiagnostics({ newLogprobs: floats(one.inputs.logprobs), ...given(one).policy });
  return ratioMean > one.params.ratioThreshold;
}

export function compareLosses(one: LossCase): Comparison[] {
  const { inputs, params, expected } = one;
  const { policy, value } = given(one);
  const shape = shape2D(inputs.mask);
  const ofPolicy = valueAndGradient((newLogprobs) => policyLoss({ newLogprobs, ...policy, shape }), inputs.logprobs);
  const ofValues = valueAndGradient((newValues) => tf.mul(valueLoss({ newValues, ...value, shape }), params.vfCoef), inputs.vpreds);
  return [
    compareNumbers("pgLoss", ofPolicy.value, expected.pgLoss, tolerances.trl),
    compareNumbers("vfLossTimesCoef", ofValues.value, expected.vfLossTimesCoef, tolerances.trl),
    compareNumbers("loss/policy", ofPolicy.value, expected.stats["loss/policy"], tolerances.trl),
    compareNumbers("loss/value", ofValues.value / params.vfCoef, expected.stats["loss/value"], tolerances.trl),
    compareNumbers("loss/total", ofPolicy.value + ofValues.value, expected.stats["loss/total"], tolerances.trl),
    compareNumbers("gradLogprobs", ofPolicy.gradient, expected.gradLogprobs, tolerances.trl),
    compareNumbers("gradVpreds", ofValues.gradient, expected.gradVpreds, tolerances.trl),
  ];
}

/** All of TRL's statistics but `val/error`, the mean squared error without clipping, which nothing here computes by itself. */
export function compareStatistics(one: LossCase): Comparison[] {
  const { inputs, expected } = one;
  const { policy, value } = given(one);
  const { mask } = policy;
  const [newLogprobs, newValues] = [floats(inputs.logprobs), floats(inputs.vpreds)];
  const meanOf = (x: Float32Array) => maskedMean({ x, mask });
  const varianceOf = (x: Float32Array) => maskedVariance({ x, mask });
  const diagnostics = policyDiagnostics({ newLogprobs, ...policy });
  const computed: Readonly<Record<string, number>> = {
    "policy/entropy": meanOf(entropies(inputs.logits)),
    "policy/approxkl": diagnostics.approxKl,
    "policy/policykl": meanOf(tokenKl({ logprobs: policy.oldLogprobs, refLogprobs: newLogprobs, mask, estimator: "k1" })),
    "policy/clipfrac": diagnostics.clipFraction,
    "policy/advantages_mean": meanOf(policy.advantages),
    "returns/mean": meanOf(value.returns),
    "returns/var": varianceOf(value.returns),
    "val/vpred": meanOf(newValues),
    "val/clipfrac": valueDiagnostics({ newValues, ...value }).clipFraction,
    "val/mean": meanOf(value.oldValues),
    "val/var": varianceOf(value.oldValues),
  };
  return Object.entries(computed).map(([name, number]) => compareNumbers(name, number, expected.stats[name], toleranceOf(one)));
}

/** The ratio of a token is the mean ratio where that token alone counts. */
export function compareRatios(one: LossCase): Comparison[] {
  const { policy } = given(one);
  const newLogprobs = floats(one.inputs.logprobs);
  const ratios = newLogprobs.map((_, token) => {
    const mask = policy.mask.map((counts, i) => (i === token ? counts : 0));
    return policyDiagnostics({ newLogprobs, ...policy, mask }).ratioMean;
  });
  return [compareNumbers("ratio", ratios, one.expected.ratio, toleranceOf(one), policy.mask)];
}

function toleranceOf(one: LossCase): Tolerance {
  return isDroppedByTrl(one) ? tolerances.trlLarge : tolerances.trl;
}

function entropies(logits: Nested): Float32Array {
  const vocabSize = shapeOf(logits).at(-1)!;
  return numbersOf(() => tokenEntropy(tf.reshape(tf.tensor(floats(logits)), [-1, vocabSize]), 1));
}
