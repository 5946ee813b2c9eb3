export {
  type Constitution,
  fieldOf,
  type OptionalField,
  type Principle,
  type RevisionExample,
  requireFields,
} from "./constitution.ts";
export { contentHash, type Json } from "./content-hash.ts";
export { defaultConstitutionText } from "./default-constitution.ts";
export { drawPrinciples, type PrincipleDraws } from "./draw-principles.ts";
export { ConstitutionError } from "./error.ts";
export type { AnswerPair, Labeller, PreferenceLabel } from "./labeller.ts";
export { parseConstitution } from "./parse-constitution.ts";
export { readConstitution } from "./read-constitution.ts";
export { produceRows, type RowFile, type RowFileOptions, type RowProgress } from "./row-file.ts";
