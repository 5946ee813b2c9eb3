// @ts-check
/** @typedef {Record<"generateSeconds" | "trainSeconds" | "totalSeconds", number>} StepTimes */

/** The lines of JSON among what a program printed that times steps. @param {string} printed @returns {StepTimes[]} */
export const stepLines = (printed) =>
  printed
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

/**
 * What came of the tests, from vitest's report, which may have other lines before it; undefined where there is none.
 *
 * @param {string} printed
 */
export function testCounts(printed) {
  const line = printed.split("\n").find((line) => line.startsWith('{"numTotalTestSuites"'));
  if (line === undefined) return undefined;
  const { numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(line);
  /** @type {{ assertionResults: { status: string, fullName: string }[] }[]} */
  const files = testResults;
  const failures = files.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
  return { passed, failed, ...(failures.length > 0 && { failures }) };
}
