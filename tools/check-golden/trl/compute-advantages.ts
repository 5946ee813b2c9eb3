import { computeGae, maskedMean, maskedVariance, whiten } from "@cai/gae";
import { type Comparison, compareNumbers } from "../compare.ts";
import { bytes, floats, type Rows, shape2D } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";

export interface ComputeAdvantagesCase {
  readonly name: string;
  readonly inputs: Readonly<Record<"values" | "rewards" | "mask", Rows>>;
  readonly params: { readonly gamma: number; readonly lambda: number; readonly whitenRewards: boolean };
  readonly expected: Readonly<Record<"advantages" | "returns", Rows>>;
}

export function compareAdvantages({ inputs, params, expected }: ComputeAdvantagesCase): Comparison[] {
  const { gamma, lambda, whitenRewards } = params;
  const [mask, shape] = [bytes(inputs.mask), shape2D(inputs.mask)];
  const [rewards, values] = [floats(inputs.rewards), floats(inputs.values)];
  const { advantages, returns } = whitenRewards
    ? computeGae({ ...withTrlPadding(rewards, values, mask), shape, gamma, lambda })
    : computeGae({ rewards, values, mask, shape, gamma, lambda });
  return [
    compareNumbers("advantages", whiten({ x: advantages, mask }), expected.advantages, tolerances.trl, mask),
    compareNumbers("returns", returns, expected.returns, tolerances.trl, mask),
  ];
}

/**
 * TRL whitens rewards after it has set their padding to 0, and so gives each padded column the whitened 0 as a reward, which flows
 * back into the response before it. `whiten` leaves padding at 0; to compare the numbers the same columns are counted here.
 */
function withTrlPadding(x: Float32Array, values: Float32Array, mask: Uint8Array) {
  const mean = maskedMean({ x, mask });
  const whitenedZero = -mean / Math.sqrt(maskedVariance({ x, mask }) + 1e-8) + mean;
  return {
    rewards: whiten({ x, mask, keepMean: true }).map((reward, i) => (mask[i] === 1 ? reward : whitenedZero)),
    values: values.map((value, i) => (mask[i] === 1 ? value : 0)),
    mask: new Uint8Array(mask.length).fill(1),
  };
}
