export type { Constitution, Principle } from "./constitution.ts";
export { ConstitutionError } from "./error.ts";
export type { AnswerPair, Labeller, PreferenceLabel } from "./labeller.ts";
