/**
 * Mean over prompts of the best of n answers' score, from N ≥ n draws each: the mean over all choices of n of them, which is unbiased.
 * The k-th smallest of N is the best in C(k − 1, n − 1) of the C(N, n) choices.
 *
 * @param scores `[prompts][N]`.
 */
export function bestOf(scores: readonly (readonly number[])[], n: number): number {
  const means = scores.map((drawn) => {
    const sorted = [...drawn].sort((a, b) => a - b);
    const count = sorted.length;
    if (n > count) throw new RangeError(`best of ${n} wants as many draws a prompt; there are ${count}`);
    // The share of the largest, and down from there: share(k) = C(k − 1, n − 1) / C(N, n).
    let share = n / count;
    let sum = 0;
    for (let k = count; k >= n; k--) {
      sum += share * sorted[k - 1]!;
      share *= (k - n) / (k - 1);
    }
    return sum;
  });
  return means.reduce((total, value) => total + value, 0) / means.length;
}

/** KL of the best of n from the policy that draws: ln n − (n − 1) / n nats a response (Stiennon et al. 2020; an upper bound, Beirami et al. 2024). */
export function bestOfKl(n: number): number {
  return Math.log(n) - (n - 1) / n;
}
