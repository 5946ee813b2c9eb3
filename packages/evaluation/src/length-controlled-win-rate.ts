import { checkByPrompt, checkSameLength, type ScoresByPrompt } from "./check.ts";
import { EvaluationError } from "./error.ts";
import { fitLogistic, sigmoid } from "./fit-logistic.ts";

/** Comparisons by prompt, and by how much the answers differ in length. */
export interface LengthControlledOptions {
  /** `[prompts][comparisons]`: 1 where the policy's answer is the better one, 0 where the base's is; ½, or any share, between them. */
  readonly preferences: ScoresByPrompt;
  /** `[prompts][comparisons]`: the length of the policy's answer less that of the base's; characters in AlpacaEval. */
  readonly lengthDifferences: ScoresByPrompt;
  /** `[prompts]`: how hard each prompt is, on any scale, where that is known from elsewhere. Default: no such term. */
  readonly difficulties?: readonly number[];
  /** Weight λ of the penalty ½λ·(θ² + φ² + ψ²) on the sum over prompts. Default 0.01, a hundredth of a prompt. */
  readonly ridge?: number;
}

/** A win rate with the difference in length set to 0. */
export interface LengthControlled {
  readonly winRate: number;
  /** φ: how much longer answers are liked for it; 0 where lengths never differ. */
  readonly lengthCoefficient: number;
}

/**
 * The win rate that the policy would have if its answers were as long as the base's, after AlpacaEval 2 (Dubois et al. 2024,
 * https://arxiv.org/abs/2404.04475). The model of a comparison with the difference in length Δ, to a prompt of difficulty γ:
 *
 *     P(policy's answer is the better one) = σ(θ + φ·tanh(Δ / s) + ψ·γ)
 *
 * s is the unbiased standard deviation of all Δ. θ, φ and ψ are those with the least Σ weight·cross-entropy + ½λ·(θ² + φ² + ψ²), by Newton's
 * method; the comparisons of a prompt share a weight of 1. The result is the mean over prompts of σ(θ + ψ·γ): the length's term is set to 0,
 * the others stay.
 *
 * Three things differ from AlpacaEval's program. There the difficulties come from answers of many models, and the term is always in; here it is
 * left out unless they are given, since two policies alone can't tell them. Its penalty is L1 with a weight from cross-validation, and it adds
 * comparisons of baselines that were asked to be short or long. Where the differences in length are all equal there is nothing to tell their
 * effect by: φ is then 0.
 *
 * @throws EvaluationError `shape-mismatch`, `bad-scores`, `bad-option`
 * @example
 * const preferences = [[1], [1], [0], [0]]; // the longer answer wins, whoever wrote it
 * lengthControlledWinRate({ preferences, lengthDifferences: [[80], [40], [-40], [-80]] }).winRate; // 0.5
 */
export function lengthControlledWinRate(options: LengthControlledOptions): LengthControlled {
  const { preferences, lengthDifferences, difficulties, ridge = 0.01 } = options;
  refuseOther(options);
  if (!(ridge > 0 && ridge < Infinity)) throw new EvaluationError("bad-option", `ridge is ${ridge}: pass a number above 0`);
  const scale = deviation(lengthDifferences.flat());
  const rows = preferences.flatMap((shares, prompt) =>
    shares.map((target, comparison) => ({
      features: [
        1,
        scale === 0 ? 0 : Math.tanh(lengthDifferences[prompt]![comparison]! / scale),
        ...(difficulties ? [difficulties[prompt]!] : []),
      ],
      target,
      weight: 1 / shares.length,
    })),
  );
  const [intercept, lengthCoefficient, difficultyCoefficient = 0] = fitLogistic(rows, ridge) as [number, number, number?];
  const atEqualLength = preferences.map((_, prompt) => sigmoid(intercept + difficultyCoefficient * (difficulties?.[prompt] ?? 0)));
  return { winRate: atEqualLength.reduce((sum, share) => sum + share, 0) / atEqualLength.length, lengthCoefficient };
}

function refuseOther({ preferences, lengthDifferences, difficulties }: LengthControlledOptions): void {
  checkByPrompt("preferences", preferences);
  checkByPrompt("lengthDifferences", lengthDifferences);
  checkSameLength({ preferences, lengthDifferences, ...(difficulties && { difficulties }) });
  if (difficulties !== undefined) checkByPrompt("difficulties", [difficulties]);
  preferences.forEach((shares, prompt) => {
    checkSameLength({
      [`preferences of prompt ${prompt + 1}`]: shares,
      [`lengthDifferences of prompt ${prompt + 1}`]: lengthDifferences[prompt]!,
    });
    const outside = shares.find((share) => share < 0 || share > 1);
    if (outside !== undefined)
      throw new EvaluationError("bad-scores", `preferences holds ${outside} for prompt ${prompt + 1}: pass shares from 0 to 1`);
  });
}

/** Unbiased; 0 for equal numbers, whatever their mean rounds to. */
function deviation(values: readonly number[]): number {
  if (values.every((value) => value === values[0])) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
