export { DashboardError } from "./error.ts";
export { findRuns } from "./find-runs.ts";
export { type Dashboard, type DashboardOptions, openDashboard } from "./open-dashboard.ts";
export { algorithmOf, type RunState, type RunSummary, summarizeRun } from "./summarize-run.ts";
