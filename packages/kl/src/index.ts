export {
  adaptiveKlController,
  fixedKlController,
  type KlController,
  type KlControllerState,
  leastKlHorizon,
  restoreKlController,
} from "./controller.ts";
export { KlError } from "./error.ts";
export { type KlEstimate, type KlEstimator, klEstimators } from "./estimators.ts";
export { type FullKlOptions, fullKl } from "./full-kl.ts";
export { type ShapeRewardsOptions, shapeRewards } from "./shape-rewards.ts";
export { klSummary } from "./summary.ts";
export { type TokenKlOptions, tokenKl } from "./token-kl.ts";
