export { DashboardError } from "./error.ts";
export { findRuns } from "./find-runs.ts";
export type {
  AlternativeToken,
  ChangedNumber,
  InspectedRow,
  InspectedStep,
  InspectedToken,
  Inspection,
  LayerNorm,
} from "./inspection.ts";
export { type DashboardOptions, openDashboard } from "./open-dashboard.ts";
export { type InspectorOptions, openInspector } from "./open-inspector.ts";
export type { ServedPage } from "./serve-page.ts";
export { algorithmOf, type RunState, type RunSummary, summarizeRun } from "./summarize-run.ts";
