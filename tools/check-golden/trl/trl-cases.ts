import { existsSync } from "node:fs";
import { type CaseResult, check, fail, skip } from "../case.ts";
import { readJson } from "../golden-json.ts";
import { type ComputeAdvantagesCase, compareAdvantages } from "./compute-advantages.ts";
import { type ComputeRewardsCase, compareRewards } from "./compute-rewards.ts";
import { type AdaptiveKlCase, compareAdaptiveKl, compareRunningMoments, type MomentsUpdate } from "./controllers.ts";
import { compareLosses, compareRatios, compareStatistics, isDroppedByTrl, type LossCase } from "./loss.ts";
import { stepCases } from "./step-cases.ts";
import type { TrlStep } from "./step-file.ts";

interface TrlFile {
  readonly computeRewards: readonly ComputeRewardsCase[];
  readonly computeAdvantages: readonly ComputeAdvantagesCase[];
  readonly loss: readonly LossCase[];
  readonly adaptiveKl: AdaptiveKlCase;
  readonly runningMoments: readonly MomentsUpdate[];
  readonly step: TrlStep;
}

/** `trl_ppo_steps.json`; its step runs on the policy in `policyDirectory`. */
export async function* trlCases(file: string, path: string, policyDirectory: string): AsyncGenerator<CaseResult> {
  const golden = await readJson<TrlFile>(path);
  for (const one of golden.computeRewards) yield await check(file, one.name, () => compareRewards(one));
  for (const one of golden.computeAdvantages) {
    const name = one.params.whitenRewards ? `${one.name}, rewards whitened as TRL does` : one.name;
    yield await check(file, name, () => compareAdvantages(one));
  }
  for (const one of golden.loss) yield* lossCases(file, one);
  yield await check(file, "adaptiveKl", () => compareAdaptiveKl(golden.adaptiveKl));
  yield await check(file, "runningMoments", () => compareRunningMoments(golden.runningMoments));
  if (!existsSync(policyDirectory)) {
    yield skip(file, "step", "it runs on the model in tiny-gpt2/, which this folder does not have");
    return;
  }
  try {
    yield* stepCases(file, policyDirectory, golden.step);
  } catch (error) {
    yield fail(file, "step", error);
  }
}

async function* lossCases(file: string, one: LossCase): AsyncGenerator<CaseResult> {
  const name = `${one.name}: losses and gradients`;
  yield isDroppedByTrl(one)
    ? skip(file, name, "TRL sets losses to 0 above its ratioThreshold, which this project does not have")
    : await check(file, name, () => compareLosses(one));
  yield await check(file, `${one.name}: statistics`, () => compareStatistics(one));
  yield await check(file, `${one.name}: ratio`, () => compareRatios(one));
}
