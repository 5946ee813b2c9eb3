// @ts-check
// npm test: sets up what is missing, then runs all tests; arguments go to vitest.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToEnd } from "./setup/run-to-end.mjs";
import { setUpOrExit } from "./setup/set-up.mjs";
import { readTally, tallyTable } from "./setup/tally.mjs";
import { closingLine, readReport } from "./setup/test-counts.mjs";

const { root } = await setUpOrExit();
const folder = mkdtempSync(join(tmpdir(), "cai-test-"));
try {
  const file = join(folder, "report.json");
  const tally = join(folder, "tally");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const exitCode = await runToEnd([join(root, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, CAI_TALLY: tally },
  });
  const counts = readTally(tally);
  if (counts.length > 0) console.log(tallyTable(counts));
  const report = readReport(file);
  console.log(closingLine(report, exitCode));
  process.exitCode = exitCode === 0 && report === undefined ? 1 : exitCode;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
