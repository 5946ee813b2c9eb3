export { RunLogError } from "./error.ts";
export { openRunLog, type RunLog, type RunLogOptions, refuseExistingRun, type Sample } from "./open-run-log.ts";
export { readDraws } from "./read-draws.ts";
export { readMetrics, type StepMetrics } from "./read-metrics.ts";
export { type LoggedSample, readSamples } from "./read-samples.ts";
