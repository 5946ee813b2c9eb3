import { explainedVariance, valueDiagnostics } from "@cai/ppo-loss";
import { valueLoss } from "@cai/ppo-loss/tfjs";
import { bytes, floats, type Rows, shape2D } from "../golden-json.ts";
import { valueAndGradient } from "../gradient.ts";

export function valueLossVectors({
  inputs,
  params,
}: {
  inputs: { newValues: Rows; oldValues: Rows; returns: Rows; mask: Rows };
  params: { clip: number | null };
}) {
  const given = {
    oldValues: floats(inputs.oldValues),
    returns: floats(inputs.returns),
    mask: bytes(inputs.mask),
    ...(params.clip !== null && { clip: params.clip }),
  };
  const { value: loss, gradient: gradNewValues } = valueAndGradient(
    (newValues) => valueLoss({ newValues, ...given, shape: shape2D(inputs.mask) }),
    inputs.newValues,
  );
  return { loss, gradNewValues, clipfrac: valueDiagnostics({ newValues: floats(inputs.newValues), ...given }).clipFraction };
}

export function explainedVarianceVectors({ inputs }: { inputs: { values: Rows; returns: Rows; mask: Rows } }) {
  const [values, returns] = [floats(inputs.values), floats(inputs.returns)];
  return { explainedVariance: explainedVariance({ values, returns, mask: bytes(inputs.mask) }) };
}
