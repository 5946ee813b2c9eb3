export { GaeError } from "./error.ts";
export { computeGae, type GaeOptions } from "./gae.ts";
export { type GroupAdvantagesOptions, groupAdvantages } from "./group-advantages.ts";
export { lengthAdaptiveLambdas } from "./length-adaptive-lambdas.ts";
export { type Masked, maskedMean, maskedVariance } from "./masked.ts";
export { discountedReturns } from "./returns.ts";
export { type WhitenOptions, whiten } from "./whiten.ts";
