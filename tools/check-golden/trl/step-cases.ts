import { maskedMean, maskedVariance } from "@cai/gae";
import { type CaseResult, check, skip } from "../case.ts";
import { type Comparison, compareNumbers, type Tolerance } from "../compare.ts";
import { bytes } from "../golden-json.ts";
import type { NamedNumbers } from "../ppo-step/models.ts";
import { tolerances } from "../tolerances.ts";
import { runTrainerStep } from "./step-by-trainer.ts";
import type { TrlStep } from "./step-file.ts";
import { runTrlStep, type TrlStepRun } from "./step-run.ts";

/** The whole step, quantity by quantity from the packages, and once more from `PPOTrainer`. */
export async function* stepCases(file: string, directory: string, step: TrlStep): AsyncGenerator<CaseResult> {
  const { expected } = step;
  const mask = bytes(expected.mask);
  const run = await runTrlStep(directory, step);
  for (const name of ["logprobs", "refLogprobs"] as const)
    yield await check(file, `step: ${name}`, () => [compareNumbers(name, run[name], expected[name], tolerances.logprobs, mask)]);
  for (const name of ["values", "rewards", "advantages", "returns"] as const)
    yield await check(file, `step: ${name}`, () => [compareNumbers(name, run[name], expected[name], tolerances.trl, mask)]);
  for (const [index, epoch] of expected.epochs.entries()) {
    yield await check(file, `step: epoch ${index + 1}, losses, KL, clip fraction, entropy`, () => {
      const computed = run.epochs[index]!;
      return [
        compareNumbers("pgLoss", computed.policyLoss, epoch.pgLoss, tolerances.trl),
        compareNumbers("vfLossTimesCoef", computed.valueLoss * step.params.vfCoef, epoch.vfLossTimesCoef, tolerances.trl),
        compareNumbers("approxkl", computed.approxKl, epoch.approxkl, tolerances.trl),
        compareNumbers("clipfrac", computed.clipFraction, epoch.clipfrac, tolerances.trl),
        compareNumbers("entropy", computed.entropy, epoch.entropy, tolerances.trl),
      ];
    });
  }
  yield await check(file, "step: statistics", () =>
    Object.entries(statisticsOf(run)).map(([name, number]) => compareNumbers(name, number, expected.stats[name], tolerances.trl)),
  );
  yield await check(file, "step: KL coefficient after it", () => [
    compareNumbers("klCoefAfter", run.klCoefAfter, expected.klCoefAfter, tolerances.trl),
  ]);
  yield await check(file, "step: parameters after it", () => compareParameters(run.parametersAfter, expected.after));
  if (step.params.whitenRewards) yield skip(file, "step by PPOTrainer", "TRL's whitened rewards reach into padding, the trainer's do not");
  else yield* trainerCases(file, directory, step);
}

async function* trainerCases(file: string, directory: string, step: TrlStep): AsyncGenerator<CaseResult> {
  const { metrics, parametersAfter } = await runTrainerStep(directory, step);
  yield await check(file, "step by PPOTrainer: metrics", () =>
    Object.entries(metricNames).map(([ours, trls]) =>
      compareNumbers(ours, metrics[ours] ?? Number.NaN, step.expected.stats[trls], toleranceOf(ours)),
    ),
  );
  yield await check(file, "step by PPOTrainer: parameters after it", () => compareParameters(parametersAfter, step.expected.after));
}

/** The trainer's names, and TRL's names of the same quantities. */
const metricNames = {
  "objective/kl": "objective/kl",
  "objective/kl_coef": "objective/kl_coef",
  "objective/entropy": "objective/entropy",
  "objective/scores": "ppo/mean_scores",
  "objective/scores_std": "ppo/std_scores",
  "policy/loss": "ppo/loss/policy",
  "policy/approxkl": "ppo/policy/approxkl",
  "policy/clipfrac": "ppo/policy/clipfrac",
  "val/loss": "ppo/loss/value",
  "val/clipfrac": "ppo/val/clipfrac",
  "tokens/response_mean": "tokens/responses_len_mean",
  lr: "ppo/learning_rate",
};

/** The summed log-probabilities are tens. */
function toleranceOf(metric: string): Tolerance {
  return metric === "objective/entropy" ? tolerances.trlLarge : tolerances.trl;
}

/** By TRL's names: those that the trainer's metrics do not have. */
function statisticsOf({ mask, nonScoreRewards, returns, values, epochs }: TrlStepRun): Readonly<Record<string, number>> {
  const meanOf = (x: Float32Array) => maskedMean({ x, mask });
  const overEpochs = (name: keyof TrlStepRun["epochs"][number]) => epochs.reduce((sum, epoch) => sum + epoch[name], 0) / epochs.length;
  return {
    "ppo/mean_non_score_reward": meanOf(nonScoreRewards),
    "ppo/loss/total": overEpochs("totalLoss"),
    "ppo/policy/entropy": overEpochs("entropy"),
    "ppo/policy/policykl": overEpochs("policyKl"),
    "ppo/returns/mean": meanOf(returns),
    "ppo/returns/var": maskedVariance({ x: returns, mask }),
    "ppo/val/vpred": overEpochs("meanValue"),
    "ppo/val/mean": meanOf(values),
    "ppo/val/var": maskedVariance({ x: values, mask }),
  };
}

function compareParameters(computed: ReadonlyMap<string, NamedNumbers>, expected: TrlStep["expected"]["after"]): Comparison[] {
  return Object.entries(expected).map(([name, numbers]) => {
    const parameter = computed.get(name);
    if (parameter === undefined) throw new Error(`${name} is expected, but no parameter has that name`);
    return compareNumbers(name, parameter.data, numbers, tolerances.trl);
  });
}
