export type { Constitution, Principle } from "./constitution.ts";
export { contentHash, type Json } from "./content-hash.ts";
export { ConstitutionError } from "./error.ts";
export type { AnswerPair, Labeller, PreferenceLabel } from "./labeller.ts";
export { produceRows, type RowFile, type RowFileOptions, type RowProgress } from "./row-file.ts";
