/**
 * What of a classifier's logits z is the score of a label l. `logit`: z_l. `log-odds`: log p/(1 − p), for two labels the difference of their
 * logits. `probability`: p, the softmax over the labels. A single logit, and each label of a model that gives several at a time, has
 * p = 1 / (1 + exp(−z)).
 */
export type ScoreKind = "logit" | "log-odds" | "probability";

export const scoreKinds: readonly ScoreKind[] = ["logit", "log-odds", "probability"];

/** The score of one row's logits. `independent`: labels don't exclude one another. */
export function scoreOfLogits(
  logits: ArrayLike<number>,
  { label, kind, independent }: { readonly label: number; readonly kind: ScoreKind; readonly independent: boolean },
): number {
  const logit = logits[label]!;
  if (kind === "logit") return logit;
  const others = independent ? [] : Array.from(logits).filter((_, index) => index !== label);
  const logOdds = logit - (others.length === 0 ? 0 : logSumExp(others));
  return kind === "log-odds" ? logOdds : 1 / (1 + Math.exp(-logOdds));
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
