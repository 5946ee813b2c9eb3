import { type Aggregation, policyDiagnostics } from "@cai/ppo-loss";
import { policyLoss } from "@cai/ppo-loss/tfjs";
import { bytes, floats, type Rows, shape2D } from "../golden-json.ts";
import { valueAndGradient } from "../gradient.ts";

interface PolicyLossCase {
  readonly inputs: { newLogp: Rows; oldLogp: Rows; advantages: Rows; mask: Rows; behaviourLogp?: Rows };
  readonly params: {
    clipLow: number;
    clipHigh: number;
    dualClip?: number;
    importanceCap?: number;
    logRatioClamp?: number;
    aggregation: Aggregation;
  };
}

export function policyLossVectors({ inputs, params }: PolicyLossCase) {
  const { aggregation, importanceCap, ...clipping } = params;
  const given = { oldLogprobs: floats(inputs.oldLogp), advantages: floats(inputs.advantages), mask: bytes(inputs.mask), ...clipping };
  const importance = inputs.behaviourLogp && { behaviourLogprobs: floats(inputs.behaviourLogp), importanceCap };
  const { value: loss, gradient: gradNewLogp } = valueAndGradient(
    (newLogprobs) => policyLoss({ newLogprobs, ...given, ...importance, shape: shape2D(inputs.mask), aggregation }),
    inputs.newLogp,
  );
  const diagnostics = policyDiagnostics({ newLogprobs: floats(inputs.newLogp), ...given });
  return {
    loss,
    gradNewLogp,
    clipfrac: diagnostics.clipFraction,
    clipfracLower: diagnostics.clipFractionLower,
    approxkl: diagnostics.approxKl,
    ratioMean: diagnostics.ratioMean,
    ...(importance && { weights: importanceWeights({ inputs, importance }) }),
  };
}

/** Where new = old and A = −1, a token's share in the gradient of the sum is its weight. */
function importanceWeights({
  inputs,
  importance,
}: Pick<PolicyLossCase, "inputs"> & { importance: { behaviourLogprobs: Float32Array; importanceCap: number | undefined } }): Float32Array {
  const oldLogprobs = floats(inputs.oldLogp);
  const advantages = new Float32Array(oldLogprobs.length).fill(-1);
  const summed = { mask: bytes(inputs.mask), shape: shape2D(inputs.mask), aggregation: { divisor: 1 } };
  return valueAndGradient((newLogprobs) => policyLoss({ newLogprobs, oldLogprobs, advantages, ...importance, ...summed }), inputs.oldLogp)
    .gradient;
}
