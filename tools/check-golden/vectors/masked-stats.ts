import { maskedMean, maskedVariance, whiten } from "@cai/gae";
import { bytes, floats, type Rows } from "../golden-json.ts";

export function maskedStats({ inputs, params }: { inputs: { x: Rows; mask: Rows }; params: { eps: number } }) {
  const masked = { x: floats(inputs.x), mask: bytes(inputs.mask) };
  return {
    mean: maskedMean(masked),
    varUnbiased: maskedVariance(masked),
    varBiased: maskedVariance({ ...masked, unbiased: false }),
    whitened: whiten({ ...masked, epsilon: params.eps }),
    whitenedKeepMean: whiten({ ...masked, epsilon: params.eps, keepMean: true }),
  };
}
