import type { CaseResult } from "./case.ts";
import type { Tolerance } from "./compare.ts";

/** One line: file, case, largest error, tolerance, and ok, FAILED or skipped with the reason. */
export function formatCase({ file, name, outcome, comparison, reason }: CaseResult): string {
  const error = comparison === undefined ? "-" : formatError(comparison.error);
  const tolerance = comparison === undefined ? "-" : formatTolerance(comparison.tolerance);
  const verdict = { passed: "ok", failed: `FAILED: ${reason}`, skipped: `skipped: ${reason}` }[outcome];
  return [file.padEnd(37), name.padEnd(56), error.padEnd(8), tolerance.padEnd(17), verdict].join("  ");
}

/** The last line. */
export function formatSummary(results: readonly Pick<CaseResult, "outcome">[]): string {
  const count = (outcome: CaseResult["outcome"]) => results.filter((one) => one.outcome === outcome).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
}

function formatError(error: number): string {
  return error === 0 || !Number.isFinite(error) ? String(error) : error.toExponential(1);
}

function formatTolerance({ limit, scaled, units }: Tolerance): string {
  if (limit === 0) return "exact";
  if (units !== undefined) return `${limit} bound of its own`;
  return `${limit.toExponential()}${scaled ? "·max(1, |x|)" : ""}`;
}
