export { type ChoiceLabellerOptions, choiceLabeller } from "./choice-labeller.ts";
export {
  type Constitution,
  fieldOf,
  type OptionalField,
  type Principle,
  type RevisionExample,
  requireFields,
} from "./constitution.ts";
export { contentHash, type Json } from "./content-hash.ts";
export { contrastLabeller } from "./contrast-labeller.ts";
export { defaultConstitutionText } from "./default-constitution.ts";
export { drawPrinciples, type PrincipleDraws } from "./draw-principles.ts";
export { type ContrastPair, contrastPairs, type DrawnPairsOptions, sampledPairs } from "./drawn-pairs.ts";
export { ConstitutionError } from "./error.ts";
export { type FittedScale, fitScale } from "./fit-scale.ts";
export { type LabelledPair, labelPairs } from "./labelled-pairs.ts";
export type { AnswerPair, Labeller, PreferenceLabel } from "./labeller.ts";
export { calibrateScale, type LikelihoodRatioLabellerOptions, likelihoodRatioLabeller } from "./likelihood-ratio-labeller.ts";
export { type JudgedAnswer, likelihoodRatios, type RatioUnit, ratioUnits } from "./likelihood-ratios.ts";
export { labelledPairsFile, type MadePreferences, type MakePreferencesOptions, makePreferences } from "./make-preferences.ts";
export { type LabellerParts, type LabellerSettings, labellerNames, openLabeller } from "./open-labeller.ts";
export { type DrawnPairSourceOptions, drawnPairSource, type PairSource, revisionPairSource } from "./pair-source.ts";
export { parseConstitution } from "./parse-constitution.ts";
export { parseVerdict, type Verdict } from "./parse-verdict.ts";
export { type ConstitutionalPipelineOptions, runConstitutionalPipeline, stagesOf } from "./pipeline/constitutional-pipeline.ts";
export { type LabelAgreement, labelAgreement } from "./pipeline/label-agreement.ts";
export { localParts } from "./pipeline/local-parts.ts";
export { type PipelineConfig, pairKinds, parsePipelineConfig } from "./pipeline/pipeline-config.ts";
export type { FeedbackSource, OpenedFeedback, PipelineAdapter, PipelineParts } from "./pipeline/pipeline-parts.ts";
export type { PipelineReport } from "./pipeline/pipeline-report.ts";
export { type PipelineGiven, preparePipeline } from "./pipeline/prepare-pipeline.ts";
export type { PreparedPipeline } from "./pipeline/prepared-pipeline.ts";
export { type PipelineProgress, type PipelineRunOptions, runPipeline } from "./pipeline/run-pipeline.ts";
export type { PipelineStage, StageContext, StageProduct, StageProducts } from "./pipeline/stage.ts";
export { positionBias } from "./position-bias.ts";
export { type PreferenceCounts, type PreferenceReport, preferenceReport } from "./preference-report.ts";
export { type LeftOut, leftOutFor, type PreferenceRow, preferenceRows } from "./preference-rows.ts";
export { type ProduceRevisionsOptions, produceRevisions } from "./produce-revisions.ts";
export { readConstitution } from "./read-constitution.ts";
export { type ReviseOptions, revise } from "./revise.ts";
export { revisionFiles, writeRevisionFiles } from "./revision-files.ts";
export { type GatedRevision, type GateLimits, type Refusal, refusalOnSight, refusals } from "./revision-gate.ts";
export { type RevisionSettings, resolveRevisionSettings, revisionOptions } from "./revision-options.ts";
export { type RevisedAnswer, revisionPairs } from "./revision-pairs.ts";
export { answerAlone, type CriticisedAnswer, critiqueConversation, revisionConversation } from "./revision-prompts.ts";
export { type RevisionReport, revisionReport } from "./revision-report.ts";
export { keptRevisions, type RevisionRow, type RevisionVerdict, type Unchecked } from "./revision-row.ts";
export { type RevisionExampleRow, type RevisionPairRow, revisionTrainingRows } from "./revision-training-rows.ts";
export { produceRows, type RowFile, type RowFileOptions, type RowProgress } from "./row-file.ts";
export { type VoteLabellerOptions, voteLabeller } from "./vote-labeller.ts";
