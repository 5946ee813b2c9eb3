import { GaeError } from "./error.ts";

export interface GroupAdvantagesOptions {
  /** `[B]`, one for each answer; the answers to one prompt stand together, `groupSize` of them. */
  readonly scores: Float32Array;
  readonly groupSize: number;
  /**
   * What is taken off a score: its group's mean (GRPO), the mean of the others in its group (RLOO), or nothing (REINFORCE++).
   * Default `group-mean`.
   */
  readonly baseline?: "group-mean" | "leave-one-out" | "none" | undefined;
  /** What it is divided by: its group's deviation, that of the whole batch's scores, or nothing (Dr. GRPO). Default `none`. */
  readonly scale?: "group" | "batch" | "none" | undefined;
  /** Bring the batch to mean 0 and deviation 1 at last (REINFORCE++). Default false. */
  readonly whiten?: boolean | undefined;
  /** Added to every deviation that is divided by. Default 1e-4, as in TRL. */
  readonly epsilon?: number | undefined;
}

/**
 * Advantages of whole answers from the scores of their group, without a value model:
 *
 *     A_i = (r_i − baseline) / (deviation + ε)
 *
 * GRPO (Shao et al. 2024, https://arxiv.org/abs/2402.03300), Dr. GRPO (https://arxiv.org/abs/2503.20783), RLOO (Ahmadian et al. 2024,
 * https://arxiv.org/abs/2402.14740), REINFORCE++ (https://arxiv.org/abs/2501.03262). Deviations are unbiased, as in TRL; a group whose scores
 * are all equal has advantages 0. Sums run in float64.
 *
 * @returns `advantages` `[B]`, and each group's deviation before scaling, `[B / groupSize]`: 0 means that the group teaches nothing.
 * @throws GaeError for a number of scores that is no multiple of `groupSize`, a group of 1 that is compared with itself, an unknown choice
 * @example
 * const { advantages } = groupAdvantages({ scores: Float32Array.of(1, 3, 5, 5), groupSize: 2, baseline: "leave-one-out" });
 * console.log(advantages); // Float32Array(4) [ -2, 2, 0, 0 ]
 */
export function groupAdvantages({
  scores,
  groupSize,
  baseline = "group-mean",
  scale = "none",
  whiten = false,
  epsilon = 1e-4,
}: GroupAdvantagesOptions): { advantages: Float32Array; groupDeviations: Float32Array } {
  checkGroups(scores.length, groupSize, { baseline, scale });
  const groups = Array.from({ length: scores.length / groupSize }, (_, group) => [
    ...scores.subarray(group * groupSize, (group + 1) * groupSize),
  ]);
  const groupDeviations = groups.map(deviation);
  const batchDeviation = deviation([...scores]);
  const advantages = groups.flatMap((group, index) => {
    const divisor = { group: groupDeviations[index]! + epsilon, batch: batchDeviation + epsilon, none: 1 }[scale];
    const total = sum(group);
    const baselineOf = {
      "group-mean": () => total / groupSize,
      "leave-one-out": (score: number) => (total - score) / (groupSize - 1),
      none: () => 0,
    }[baseline];
    return group.map((score) => (score - baselineOf(score)) / divisor);
  });
  return {
    advantages: Float32Array.from(whiten ? whitened(advantages, epsilon) : advantages),
    groupDeviations: Float32Array.from(groupDeviations),
  };
}

function checkGroups(count: number, groupSize: number, { baseline, scale }: { baseline: string; scale: string }): void {
  if (!Number.isSafeInteger(groupSize) || groupSize < 1 || count % groupSize !== 0)
    throw new GaeError("bad-input", `${count} scores don't make groups of ${groupSize}: pass groupSize scores for each prompt`);
  if (!["group-mean", "leave-one-out", "none"].includes(baseline))
    throw new GaeError("bad-input", `baseline is ${baseline}: pass group-mean, leave-one-out or none`);
  if (!["group", "batch", "none"].includes(scale)) throw new GaeError("bad-input", `scale is ${scale}: pass group, batch or none`);
  if (groupSize === 1 && (baseline !== "none" || scale === "group"))
    throw new GaeError("bad-input", `a group of 1 has nothing to be compared with: pass at least 2 scores a prompt, or baseline "none"`);
}

function whitened(values: readonly number[], epsilon: number): number[] {
  const centre = sum(values) / values.length;
  const divisor = deviation(values) + epsilon;
  return values.map((value) => (value - centre) / divisor);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Unbiased; 0 for a single number, and for equal ones whatever rounding their mean has. */
function deviation(values: readonly number[]): number {
  if (values.every((value) => value === values[0])) return 0;
  const centre = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}
