export { contentHash, type Json } from "./content-hash.ts";
export { ConstitutionError } from "./error.ts";
export { type JudgedAnswer, likelihoodRatios, type RatioUnit, ratioUnits } from "./likelihood-ratios.ts";
export { type ConstitutionalPipelineOptions, runConstitutionalPipeline, stagesOf } from "./pipeline/constitutional-pipeline.ts";
export { type EndpointSource, endpointOf } from "./pipeline/endpoint-of.ts";
export { type LabelAgreement, labelAgreement } from "./pipeline/label-agreement.ts";
export { localParts } from "./pipeline/local-parts.ts";
export { type PipelineConfig, pairKinds, parsePipelineConfig, rlAlgorithms } from "./pipeline/pipeline-config.ts";
export type { FeedbackSource, OpenedFeedback, PipelineAdapter, PipelineParts } from "./pipeline/pipeline-parts.ts";
export type { PipelineReport } from "./pipeline/pipeline-report.ts";
export { preparePipeline } from "./pipeline/prepare-pipeline.ts";
export type { PipelineGiven, PreparedPipeline } from "./pipeline/prepared-pipeline.ts";
export { type PipelineProgress, type PipelineRunOptions, runPipeline } from "./pipeline/run-pipeline.ts";
export type { PipelineStage, StageContext, StageProduct, StageProducts } from "./pipeline/stage.ts";
export { type ChoiceLabellerOptions, choiceLabeller } from "./preference/choice-labeller.ts";
export { contrastLabeller } from "./preference/contrast-labeller.ts";
export { type ContrastPair, contrastPairs, type DrawnPairsOptions, sampledPairs } from "./preference/drawn-pairs.ts";
export { type FittedScale, fitScale } from "./preference/fit-scale.ts";
export { type LabelledPair, labelPairs } from "./preference/labelled-pairs.ts";
export type { AnswerPair, Labeller, PreferenceLabel } from "./preference/labeller.ts";
export { calibrateScale, type LikelihoodRatioLabellerOptions, likelihoodRatioLabeller } from "./preference/likelihood-ratio-labeller.ts";
export { labelledPairsFile, type MadePreferences, type MakePreferencesOptions, makePreferences } from "./preference/make-preferences.ts";
export { type LabellerParts, type LabellerSettings, labellerNames, openLabeller } from "./preference/open-labeller.ts";
export { type DrawnPairSourceOptions, drawnPairSource, type PairSource, revisionPairSource } from "./preference/pair-source.ts";
export { parseVerdict, type Verdict } from "./preference/parse-verdict.ts";
export { positionBias } from "./preference/position-bias.ts";
export { type PreferenceCounts, type PreferenceReport, preferenceReport } from "./preference/preference-report.ts";
export { type LeftOut, leftOutFor, type PreferenceRow, preferenceRows } from "./preference/preference-rows.ts";
export { type RevisedAnswer, revisionPairs } from "./preference/revision-pairs.ts";
export { type VoteLabellerOptions, voteLabeller } from "./preference/vote-labeller.ts";
export {
  type Constitution,
  fieldOf,
  type OptionalField,
  type Principle,
  type RevisionExample,
  requireFields,
} from "./principles/constitution.ts";
export { defaultConstitutionText } from "./principles/default-constitution.ts";
export { drawPrinciples, type PrincipleDraws } from "./principles/draw-principles.ts";
export { parseConstitution } from "./principles/parse-constitution.ts";
export { readConstitution } from "./principles/read-constitution.ts";
export { type ProduceRevisionsOptions, produceRevisions } from "./revision/produce-revisions.ts";
export { type ReviseOptions, revise } from "./revision/revise.ts";
export { revisionFiles, writeRevisionFiles } from "./revision/revision-files.ts";
export { type GatedRevision, type GateLimits, type Refusal, refusalOnSight, refusals } from "./revision/revision-gate.ts";
export { type RevisionSettings, resolveRevisionSettings, revisionOptions } from "./revision/revision-options.ts";
export { answerAlone, type CriticisedAnswer, critiqueConversation, revisionConversation } from "./revision/revision-prompts.ts";
export { type RevisionReport, revisionReport } from "./revision/revision-report.ts";
export { keptRevisions, type RevisionRow, type RevisionVerdict, type RowEndings, type Unchecked } from "./revision/revision-row.ts";
export { type RevisionExampleRow, type RevisionPairRow, revisionTrainingRows } from "./revision/revision-training-rows.ts";
export { holdsRows, produceRows, type RowFile, type RowFileOptions, type RowProgress } from "./row-file.ts";
