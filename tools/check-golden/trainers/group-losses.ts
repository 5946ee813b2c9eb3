import type { Denominators } from "@cai/ppo-loss";
import type { GroupExperience } from "../../../packages/trainer/src/group-experience.ts";
import type { GroupLoss, GroupNumbers } from "../../../packages/trainer/src/group-loss.ts";
import { grpoLoss } from "../../../packages/trainer/src/grpo-loss.ts";
import { rlooLoss } from "../../../packages/trainer/src/rloo-loss.ts";
import { type Comparison, compareNumbers, type Tolerance } from "../compare.ts";
import { bytes, floats, shape2D } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import type { GroupLossCase } from "./group-file.ts";
import { resolvedGrpo, resolvedRloo } from "./group-options.ts";
import type { GroupAlgorithm } from "./group-updates.ts";

/** The trainer's own loss on given numbers: its value, its derivatives, and the metrics that are made with it. */
export function compareGroupLoss(algorithm: GroupAlgorithm, { params, inputs, expected }: GroupLossCase): Comparison[] {
  const [mask, shape] = [bytes(inputs.mask), shape2D(inputs.mask)];
  const tokens = { ids: new Int32Array(mask.length), mask, shape };
  const experience: GroupExperience = {
    prompts: tokens,
    responses: tokens,
    logprobs: floats(inputs.oldLogprobs),
    refLogprobs: params.beta ? floats(inputs.refLogprobs) : undefined,
    advantages: floats(inputs.advantages.map((advantage) => Array<number>(shape[1]).fill(advantage))),
    weights: inputs.weights && floats(inputs.weights),
  };
  const numbers: GroupNumbers = {
    logprobs: floats(inputs.newLogprobs),
    ...(params.entropyCoef && { entropy: floats(inputs.entropies) }),
  };
  const denominators = { tokens: mask.reduce((sum, valid) => sum + valid, 0), rows: shape[0] };
  const loss = lossOf(algorithm, params, numbers, experience, denominators);
  const masked = algorithm === "rloo" ? lossOfMaskedRows(inputs.advantages, mask, shape) : 0;
  return [
    compareNumbers("loss", loss.total, expected.loss - masked, tolerances.trlLarge),
    compareNumbers("derivatives by log-probabilities", loss.slopes.logprobs!, expected.gradLogprobs, tolerances.trlLarge),
    ...(expected.gradEntropies
      ? [compareNumbers("derivatives by entropies", loss.slopes.entropy!, expected.gradEntropies, tolerances.trl)]
      : []),
    ...compareLossMetrics(loss, expected.metrics),
  ];
}

function lossOf(
  algorithm: GroupAlgorithm,
  params: GroupLossCase["params"],
  numbers: GroupNumbers,
  experience: GroupExperience,
  denominators: Denominators,
): GroupLoss {
  if (algorithm === "rloo") return rlooLoss(numbers, experience, resolvedRloo(params), denominators);
  return grpoLoss(numbers, experience, resolvedGrpo(params), denominators);
}

/** A row without a token has the ratio 1 in TRL, and so adds a constant, its advantage, to RLOO's loss; here it adds nothing. */
export function lossOfMaskedRows(
  advantages: readonly number[],
  mask: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
): number {
  const isMasked = (row: number) =>
    Array.from({ length: columns }, (_, column) => mask[row * columns + column]).every((valid) => valid === 0);
  return -advantages.reduce((sum, advantage, row) => (isMasked(row) ? sum + advantage : sum), 0) / rows;
}

function compareLossMetrics({ kl, entropy, clipped }: GroupLoss, metrics: Readonly<Record<string, number>>): Comparison[] {
  const computed = { ...clipped, ...(kl !== undefined && { kl }), ...(entropy !== undefined && { entropy }) };
  return Object.entries(computed).map(([name, number]) => compareNumbers(name, number, metrics[name], tolerances.trl satisfies Tolerance));
}
