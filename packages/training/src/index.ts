export { type BatchSettings, batchOptions, batchRows, refuseUnevenBatches } from "./batch-options.ts";
export { checkParts, type PartSpec, type PartSpecs } from "./check-parts.ts";
export { stateNumbers } from "./check-state.ts";
export { checkTrainOptions, type TrainOptionNames, trainOptionNames } from "./check-train-options.ts";
export { consecutiveRuns } from "./chunks.ts";
export { rowsOfEpoch, rowsOfStep } from "./data-order.ts";
export { disposing } from "./disposing.ts";
export { TrainingError } from "./error.ts";
export { evaluateRows } from "./evaluate-rows.ts";
export type { FailedStep, FailedUpdate } from "./failed-update.ts";
export { type FolderUse, holdsRun, refuseUnfitFolder } from "./fit-folder.ts";
export {
  accumulate,
  type ChunkLoss,
  type ForwardPass,
  type Gradients,
  openPass,
  type PassNumbers,
  type PassTensors,
  type Slopes,
} from "./forward-pass.ts";
export { type GuardSettings, guardOptions } from "./guard-options.ts";
export { applyGradients, makeOptimizer, type Optimizer, scheduledRate, type UpdateResult } from "./optimizer.ts";
export { type OptimizerSettings, optimizerOptions } from "./optimizer-options.ts";
export { count, countOrNone, factorOrNone, least, leastClip, type OptionSpec, type OptionTable, resolveOptions } from "./option-table.ts";
export { type ParameterNorm, parameterNorms } from "./parameter-norms.ts";
export { type ModelMemory, type PeakMemory, peakMemory, type StepTokens } from "./peak-memory.ts";
export { referenceLogprobs } from "./reference-logprobs.ts";
export { refuseUnknownOptions } from "./refuse-unknown-options.ts";
export { type RunSettings, runOptions } from "./run-options.ts";
export { type RunCallbacks, type RunOptions, runStage } from "./run-stage.ts";
export type { EvaluationReport, Json, RunIdentity, Stage, StepContext, StepReport, TrainedTensors } from "./stage.ts";
export { StageTrainer, type TrainingHistory, type TrainOptions } from "./stage-trainer.ts";
export type { TrainingStatistics } from "./statistics.ts";
export { Stopwatch } from "./stopwatch.ts";
export { type TrainedParameters, trainedParameters } from "./trained-parameters.ts";
export { WeightedMeans } from "./weighted-means.ts";
