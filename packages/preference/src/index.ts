export { bradleyTerryLoss, type PairLoss, type ScoreDiagnostics } from "./bradley-terry-loss.ts";
export { expectedCalibrationError, pairCalibrationError } from "./calibration.ts";
export { type DpoDiagnostics, type DpoLogps, type DpoLossType, dpoLoss, dpoLossTypes } from "./dpo-loss.ts";
export { PreferenceError } from "./error.ts";
