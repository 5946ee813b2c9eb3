import { loadPolicy } from "@cai/policy";
import { bradleyTerryLoss, RewardTrainer } from "@cai/preference";
import * as tf from "@tensorflow/tfjs-core";
import { type CaseResult, check } from "../case.ts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { readJson } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import { compareOneUpdate, type TrainerRun, updateCases } from "./update-cases.ts";
import { adamOptions, type LossCase, type UpdateCase } from "./update-file.ts";
import { watchUpdates } from "./watch-updates.ts";

interface RewardParams {
  readonly centerRewardsCoefficient?: number;
}

type RewardLossCase = LossCase<
  RewardParams,
  Readonly<Record<"chosen" | "rejected", readonly number[]>> & { readonly margin?: readonly number[] },
  Readonly<Record<"gradChosen" | "gradRejected", readonly number[]>>
>;

type RewardUpdateCase = UpdateCase<
  RewardParams,
  {
    readonly pairs: readonly (Readonly<Record<"prompt" | "chosen" | "rejected", string>> & { readonly margin?: number })[];
    /** The weights that read a score off the last token's hidden state. */
    readonly head: readonly number[];
  }
>;

/** `trl_reward.json`; its updates run on the models in the same folder. */
export async function* rewardTrainerCases(file: string, path: string, folder: string): AsyncGenerator<CaseResult> {
  const golden = await readJson<{ readonly losses: readonly RewardLossCase[]; readonly updates: readonly RewardUpdateCase[] }>(path);
  for (const one of golden.losses) yield await check(file, `loss: ${one.name}`, () => compareLoss(one));
  for (const one of golden.updates) yield* updateCases(file, folder, one, { run, compareMetrics: compareOneUpdate });
}

function compareLoss({ params, inputs, expected }: RewardLossCase): Comparison[] {
  const { loss, slopes, diagnostics } = bradleyTerryLoss({ ...inputs, ...params });
  const { accuracy, margin, meanReward: mean_reward, minReward: min_reward, maxReward: max_reward } = diagnostics;
  const metrics = { accuracy, margin, mean_reward, min_reward, max_reward };
  return [
    compareNumbers("loss", loss, expected.loss, tolerances.trlLarge),
    compareNumbers("derivatives by chosen scores", slopes.chosen, expected.gradChosen, tolerances.trlLarge),
    compareNumbers("derivatives by rejected scores", slopes.rejected, expected.gradRejected, tolerances.trlLarge),
    ...Object.entries(metrics).map(([name, value]) => compareNumbers(name, value, expected.metrics[name], tolerances.trlLarge)),
  ];
}

async function run(directory: string, { params, inputs }: RewardUpdateCase): Promise<TrainerRun> {
  const policy = await loadPolicy(directory);
  const { centerRewardsCoefficient = 0 } = params;
  const options = { ...adamOptions(params), schedule: "constant", centerRewardsCoefficient, batchSize: inputs.pairs.length } as const;
  const trainer = await RewardTrainer.create({ policy, ...options });
  let metrics: TrainerRun["metrics"] = {};
  try {
    const { parameters } = trainer.rewardModel;
    const head = parameters.find(({ name }) => name === "score.weight")!;
    head.assign(tf.tensor(Float32Array.from(inputs.head), [...head.shape]));
    const updates = await watchUpdates(parameters, async () => {
      ({ metrics } = await trainer.trainStep(
        inputs.pairs.map(({ prompt, chosen, rejected, margin }) => ({ prompt, chosen, rejected, ...(margin !== undefined && { margin }) })),
      ));
    });
    return { metrics, updates };
  } finally {
    await trainer.dispose();
    policy.dispose();
  }
}
