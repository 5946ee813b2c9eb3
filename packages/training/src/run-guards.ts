import { TrainingError } from "./error.ts";
import { describeFailure, describeKept } from "./failed-update.ts";
import type { GuardSettings } from "./guard-options.ts";
import type { RunSettings } from "./run-options.ts";
import type { StepReport } from "./stage.ts";

/** How many steps in a row, up to the newest one, were so. Plain data, part of a run's checkpoints. */
export interface StepStreaks {
  /** With an update that was not finite. */
  readonly failed: number;
  /** With scores that tell nothing. */
  readonly equalScores: number;
}

/** Before the first step. */
export const noStreaks: StepStreaks = { failed: 0, equalScores: 0 };

/** The same with one step more. */
export function countStreaks(before: StepStreaks, { failed, equalScores }: StepReport): StepStreaks {
  return { failed: failed ? before.failed + 1 : 0, equalScores: equalScores ? before.equalScores + 1 : 0 };
}

/** What guards look at after a step. */
interface Guarded {
  readonly report: StepReport;
  readonly streaks: StepStreaks;
  readonly settings: Pick<RunSettings, "maxFailedSteps"> & Partial<GuardSettings>;
  /** The run's folder. */
  readonly out: string | undefined;
}

/** What a person should know of the step, a line each. Of scores that tell nothing it is said once in a row of such steps. */
export function warningsAfter({ report: { failed }, streaks, settings, out }: Guarded): string[] {
  const warnings: string[] = [];
  if (failed)
    warnings.push(
      `${describeFailure(failed)}; ${describeKept(failed)} (failed steps in a row: ${streaks.failed}; the run stops at ${settings.maxFailedSteps})` +
        `${out === undefined ? "" : `. Its batch is in ${out}/failed-step`}`,
    );
  if (streaks.equalScores > 0 && streaks.equalScores === settings.equalRewardSteps)
    warnings.push(
      `in ${streaks.equalScores} steps in a row no score differed from those that it is compared with: they tell no response from another. ` +
        "Look at the reward, draw at a higher temperature or more responses, or choose prompts of middling difficulty",
    );
  return warnings;
}

/**
 * Ends a run that should not go on after this step.
 *
 * @throws TrainingError `non-finite`, `beyond-limit`.
 */
export function refuseToGoOn({ report, streaks, settings, out }: Guarded): void {
  const { step, failed, klPerToken, entropyPerToken } = report;
  const { maxFailedSteps, maxKl = 0, minEntropy = 0 } = settings;
  const stops = out === undefined ? "the run stops" : "the run stops, with a checkpoint to go on from (resume, --resume)";
  if (failed && streaks.failed >= maxFailedSteps)
    throw new TrainingError(
      "non-finite",
      `${describeFailure(failed)}; with ${streaks.failed} failed ${streaks.failed === 1 ? "step" : "steps in a row"} ${stops}. ` +
        "Lower the learning rate, or look for scores of extreme size (rewardClip, --reward-clip); other options want allowChanges, --allow-changes",
    );
  if (maxKl > 0 && klPerToken !== undefined && klPerToken > maxKl)
    throw new TrainingError(
      "beyond-limit",
      `step ${step}: the KL to the reference is ${shown(klPerToken)} nats a token, above maxKl ${maxKl}: ${stops}. ` +
        "Give another limit (--max-kl, 0: none), or hold the policy tighter (klCoef, beta, a lower learning rate, with --allow-changes)",
    );
  if (minEntropy > 0 && entropyPerToken !== undefined && entropyPerToken < minEntropy)
    throw new TrainingError(
      "beyond-limit",
      `step ${step}: the entropy of the policy is ${shown(entropyPerToken)} nats a token, below minEntropy ${minEntropy}: ${stops}. ` +
        "Give another limit (--min-entropy, 0: none), or keep responses apart (entropyCoef, klCoef, beta, with --allow-changes)",
    );
}

const shown = (nats: number): string => String(Number(nats.toPrecision(3)));
