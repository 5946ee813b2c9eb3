import { expect, test } from "vitest";
import { stepLines, testCounts } from "./gpu-lines.mjs";

test("steps are the lines of JSON, whatever stands between them", () => {
  const printed = 'Setting `pad_token_id`\n{"totalSeconds":2}\n\n{"totalSeconds":1}\n';
  expect(stepLines(printed)).toEqual([{ totalSeconds: 2 }, { totalSeconds: 1 }]);
});

test("tests are counted, and those that failed named", () => {
  const one = (status: string, fullName: string) => ({ status, fullName });
  const report = {
    ...{ numTotalTestSuites: 1, numPassedTests: 2, numFailedTests: 1 },
    testResults: [{ assertionResults: [one("passed", "a"), one("failed", "b"), one("passed", "c")] }],
  };
  expect(testCounts(`a warning\n${JSON.stringify(report)}`)).toEqual({ passed: 2, failed: 1, failures: ["b"] });
  expect(testCounts("no such report")).toBeUndefined();
});
