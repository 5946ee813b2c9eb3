import { loadPolicy } from "@cai/policy";
import { DPOTrainer, type DpoLossType, dpoLoss } from "@cai/preference";
import { type CaseResult, check } from "../case.ts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { type Rows, readJson } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import { loadOverridden } from "../trl/step-run.ts";
import { compareOneUpdate, type TrainerRun, updateCases } from "./update-cases.ts";
import { adamOptions, type LossCase, type UpdateCase } from "./update-file.ts";
import { watchUpdates } from "./watch-updates.ts";

interface DpoParams {
  readonly lossType: DpoLossType;
  readonly beta: number;
  readonly labelSmoothing?: number;
}

/** Rows are answers: the chosen ones first, then the rejected ones of the same pairs. */
type DpoLossCase = LossCase<DpoParams, Readonly<Record<"mask" | "logprobs" | "refLogprobs", Rows>>, { readonly gradLogprobs: Rows }>;

type DpoUpdateCase = UpdateCase<
  DpoParams,
  {
    readonly pairs: readonly Readonly<Record<"prompt" | "chosen" | "rejected", string>>[];
    readonly refOverrides: Readonly<Record<string, readonly number[]>>;
  }
>;

/** `trl_dpo.json`; its updates run on the models in the same folder. */
export async function* dpoCases(file: string, path: string, folder: string): AsyncGenerator<CaseResult> {
  const { losses, updates } = await readJson<{ readonly losses: readonly DpoLossCase[]; readonly updates: readonly DpoUpdateCase[] }>(path);
  for (const one of losses) yield await check(file, `loss: ${one.name}`, () => compareLoss(one));
  for (const one of updates) yield* updateCases(file, folder, one, { run, compareMetrics: compareOneUpdate });
}

function compareLoss({ params, inputs, expected }: DpoLossCase): Comparison[] {
  const { mask } = inputs;
  const pairs = mask.length / 2;
  const halves = <Value>(rows: readonly Value[]) => ({ chosen: rows.slice(0, pairs), rejected: rows.slice(pairs) });
  const summed = (rows: Rows) => halves(rows.map((row, index) => row.reduce((sum, logp, token) => sum + logp * mask[index]![token]!, 0)));
  const [logps, reference] = [summed(inputs.logprobs), summed(inputs.refLogprobs)];
  const tokens = halves(mask.map((row) => row.reduce((sum, valid) => sum + valid, 0)));
  const { lossType, beta, labelSmoothing = 0 } = params;
  const { loss, slopes, diagnostics } = dpoLoss({
    ...logps,
    ...{ refChosen: reference.chosen, refRejected: reference.rejected },
    ...{ chosenTokens: tokens.chosen, rejectedTokens: tokens.rejected },
    ...{ lossType, beta, labelSmoothing },
  });
  const ofTokens = [...slopes.chosen, ...slopes.rejected].flatMap((slope, row) => mask[row]!.map((valid) => slope * valid));
  const metrics = {
    "rewards/chosen": diagnostics.chosenReward,
    "rewards/rejected": diagnostics.rejectedReward,
    "rewards/margins": diagnostics.rewardMargin,
    "rewards/accuracies": diagnostics.rewardAccuracy,
    "logps/chosen": diagnostics.chosenLogps,
    "logps/rejected": diagnostics.rejectedLogps,
  };
  return [
    compareNumbers("loss", loss, expected.loss, tolerances.trlLarge),
    compareNumbers("derivatives", ofTokens, expected.gradLogprobs, tolerances.trlLarge),
    ...Object.entries(metrics).map(([name, value]) => compareNumbers(name, value, expected.metrics[name], tolerances.trlLarge)),
  ];
}

async function run(directory: string, { params, inputs }: DpoUpdateCase): Promise<TrainerRun> {
  const policy = await loadPolicy(directory);
  const original = await loadOverridden(directory, inputs.refOverrides);
  const reference = original.createReference();
  const { lossType, beta, labelSmoothing = 0 } = params;
  const options = { ...adamOptions(params), schedule: "constant", lossType, beta, labelSmoothing, batchSize: inputs.pairs.length } as const;
  const trainer = await DPOTrainer.create({ policy, reference, ...options });
  let metrics: TrainerRun["metrics"] = {};
  try {
    const updates = await watchUpdates([...policy.parameters.values()], async () => {
      ({ metrics } = await trainer.trainStep(inputs.pairs.map(({ prompt, chosen, rejected }) => ({ prompt, chosen, rejected }))));
    });
    return { metrics, updates };
  } finally {
    await trainer.dispose();
    reference.dispose();
    original.dispose();
    policy.dispose();
  }
}
