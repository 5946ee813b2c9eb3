// @ts-check
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Report vitest's JSON report, the part that is read here
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} [numTodoTests]
 * @property {readonly { status: string, assertionResults: readonly { status: string }[] }[]} testResults one a file
 */

/**
 * The closing line of a test run. A run that ended badly never counts as green: without a failed test it has one failure, the run itself.
 *
 * @param {Report | undefined} report
 * @param {number} exitCode
 */
export function closingLine(report, exitCode) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const unloaded = report?.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const counted = (report?.numFailedTests ?? 0) + (unloaded?.length ?? 0);
  const failed = counted === 0 && (exitCode !== 0 || report === undefined) ? 1 : counted;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * The report that a run wrote; undefined if it did not come so far.
 *
 * @param {string} file
 * @returns {Report | undefined}
 */
export function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
