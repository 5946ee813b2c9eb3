export { type Aggregation, type AggregationOptions, countDenominators, type Denominators } from "./aggregation.ts";
export { explainedVariance, type PolicyDiagnostics, policyDiagnostics, valueDiagnostics } from "./diagnostics.ts";
export { entropyBonus } from "./entropy-bonus.ts";
export { PpoLossError } from "./error.ts";
export { type KlPenaltyEstimator, klPenalty } from "./kl-penalty.ts";
export type { Loss } from "./pointwise.ts";
export { type PolicyClipping, type PolicyLossArrays, policyLoss } from "./policy-loss.ts";
export { valueLoss } from "./value-loss.ts";
