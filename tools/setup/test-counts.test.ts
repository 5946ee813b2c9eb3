import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { closingLine, readReport } from "./test-counts.mjs";

const report = { numPassedTests: 12, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test("a green run closes with its counts, and with skipped tests only if there are some", () => {
  expect(closingLine(report, 0)).toBe("12 passed, 0 failed");
  expect(closingLine({ ...report, numPendingTests: 2, numTodoTests: 1 }, 0)).toBe("12 passed, 0 failed, 3 skipped");
});

test("failed tests are counted, and a file that did not load is one failure", () => {
  const testResults = [
    { status: "failed", assertionResults: [{ status: "failed" }, { status: "failed" }, { status: "passed" }] },
    { status: "failed", assertionResults: [] },
    { status: "passed", assertionResults: [{ status: "passed" }] },
  ];
  expect(closingLine({ ...report, numFailedTests: 2, testResults }, 1)).toBe("12 passed, 3 failed");
});

test("a run that crashed never looks green", () => {
  expect(closingLine(undefined, 139)).toBe("0 passed, 1 failed");
  expect(closingLine(undefined, 0)).toBe("0 passed, 1 failed");
  expect(closingLine(report, 1)).toBe("12 passed, 1 failed");
});

test("a report that is missing or half written is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cai-report-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "half.json"), '{ "numPassedTests": 3');
  await writeFile(join(folder, "whole.json"), JSON.stringify(report));
  expect(readReport(join(folder, "none.json"))).toBeUndefined();
  expect(readReport(join(folder, "half.json"))).toBeUndefined();
  expect(readReport(join(folder, "whole.json"))).toEqual(report);
});
