/** One of {@link klEstimators}. */
export type KlEstimator = "k1" | "k2" | "k3" | "abs";

/** An estimate, and its derivative with respect to the difference that it was made from. */
export interface KlEstimate {
  readonly value: number;
  readonly slope: number;
}

/**
 * How KL(policy ‖ reference) is estimated from one token drawn from the policy, with d = log p − log p_ref
 * (Schulman 2020, http://joschu.net/blog/kl-approx.html): `k1` = d, unbiased; `k2` = d²/2, biased but of low variance;
 * `k3` = e^−d − 1 + d, unbiased and never negative; `abs` = |d|.
 *
 * @example
 * klEstimators.k2(3); // { value: 4.5, slope: 3 }
 */
export const klEstimators: Readonly<Record<KlEstimator, (difference: number) => KlEstimate>> = {
  k1: (d) => ({ value: d, slope: 1 }),
  k2: (d) => ({ value: d ** 2 / 2, slope: d }),
  // expm1 keeps the digits of a small difference; its sign is that of e^−d − 1.
  k3: (d) => ({ value: Math.expm1(-d) + d, slope: -Math.expm1(-d) }),
  abs: (d) => ({ value: Math.abs(d), slope: Math.sign(d) }),
};
