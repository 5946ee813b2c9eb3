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
  const mask = bytes(inputs.mask);
  const given = { rewards: floats(inputs.rewards), values: floats(inputs.values), mask, shape: shape2D(inputs.mask) };
  const { advantages, returns } = advantagesOf({ ...given, ...params });
  return [
    compareNumbers("advantages", advantages, expected.advantages, tolerances.trl, mask),
    compareNumbers("returns", returns, expected.returns, tolerances.trl, mask),
  ];
}

/** Whitened advantages and returns, in TRL's layout: a column for each predicted token of query and response. */
export function advantagesOf({
  whitenRewards,
  ...given
}: Parameters<typeof computeGae>[0] & { readonly whitenRewards: boolean }): ReturnType<typeof computeGae> {
  const { advantages, returns } = computeGae(whitenRewards ? { ...given, ...withTrlPadding(given) } : given);
  return { advantages: whiten({ x: advantages, mask: given.mask }), returns };
}

/**
 * TRL whitens rewards after it has set their padding to 0, and so gives each padded column the whitened 0 as a reward, which flows
 * back into the response before it. `whiten` leaves padding at 0; to compare the numbers the same columns are counted here.
 */
function withTrlPadding({ rewards: x, values, mask }: Parameters<typeof computeGae>[0]) {
  const mean = maskedMean({ x, mask });
  const whitenedZero = -mean / Math.sqrt(maskedVariance({ x, mask }) + 1e-8) + mean;
  return {
    rewards: whiten({ x, mask, keepMean: true }).map((reward, i) => (mask[i] === 1 ? reward : whitenedZero)),
    values: values.map((value, i) => (mask[i] === 1 ? value : 0)),
    mask: new Uint8Array(mask.length).fill(1),
  };
}
