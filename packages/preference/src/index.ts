export { bradleyTerryLoss, type PairLoss, type ScoreDiagnostics } from "./bradley-terry-loss.ts";
export { expectedCalibrationError, pairCalibrationError } from "./calibration.ts";
export { type DpoDiagnostics, type DpoLogps, type DpoLossType, dpoLoss, dpoLossTypes } from "./dpo-loss.ts";
export { DPOTrainer, type DPOTrainerOptions } from "./dpo-trainer.ts";
export { PreferenceError } from "./error.ts";
export {
  type DpoSettings,
  dpoOptions,
  type RewardSettings,
  resolveDpoSettings,
  resolveRewardSettings,
  rewardOptions,
} from "./pair-options.ts";
export type { PairEvaluation, PairStepResult } from "./pair-trainer.ts";
export type { PreferencePair } from "./preference-pair.ts";
export { type RewardEvaluation, RewardTrainer, type RewardTrainerOptions } from "./reward-trainer.ts";
