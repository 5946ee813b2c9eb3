#!/usr/bin/env node
// @ts-check
// Asks npm's registry for known faults in what users of the packages install, and holds them against tools/audit/allowed.json: node
// tools/audit.mjs. With --answer FILE it reads what npm audit --json printed elsewhere. Ends with 0 where every finding is allowed, 1 where one
// is not, 2 where there was no answer.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runNpm } from "../packages/backend/src/native/npm.mjs";
import { judgeFindings, NoAudit, readAllowed, readFindings } from "./audit/findings.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {string | undefined} file */
async function answer(file) {
  if (file !== undefined) return readFile(file, "utf8");
  // It ends with 1 where it found something.
  const { stdout, stderr } = await runNpm(["audit", "--omit=dev", "--package-lock-only", "--json"], { cwd: root });
  return stdout.trim() === "" ? stderr : stdout;
}

/** @param {import("./audit/findings.mjs").Finding} finding */
const line = ({ advisory, package: name, severity, title, paths }) => `${advisory} ${name} (${severity}): ${title}; ${paths.join(", ")}`;

try {
  const { values } = parseArgs({ options: { answer: { type: "string" }, allowed: { type: "string" } } });
  const list = values.allowed ?? fileURLToPath(new URL("audit/allowed.json", import.meta.url));
  const allowed = readAllowed(await readFile(list, "utf8"));
  const findings = readFindings(await answer(values.answer));
  const { refused, known, unused } = judgeFindings(findings, allowed, new Date().toISOString().slice(0, 10));
  for (const finding of known) console.log(`allowed until ${finding.expires}: ${line(finding)}\n  ${finding.reason}`);
  for (const { advisory, package: name } of unused) console.log(`no longer found, remove it from ${list}: ${advisory} ${name}`);
  for (const { expired, ...finding } of refused) {
    const why = expired === undefined ? "new" : `was allowed until ${expired}`;
    console.log(`${why}: ${line(finding)}\n  ${finding.url}`);
  }
  console.log(`${findings.length} findings, ${known.length} allowed, ${refused.length} not`);
  process.exitCode = refused.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof NoAudit)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
