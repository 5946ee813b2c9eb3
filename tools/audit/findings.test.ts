import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Allowed, judgeFindings, readAllowed, readFindings } from "./findings.mjs";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const report = readFileSync(path("fixtures/npm-audit.json"), "utf8");

const allow = (advisory: string, changes: Partial<Allowed> = {}): Allowed => ({
  ...{ advisory, package: "tar", reason: "nothing here unpacks a file of strangers with it", expires: "2099-12-31" },
  ...changes,
});

test("each advisory is found once, with where the package stands; packages that only depend on it are none of their own", () => {
  expect(readFindings(report).map(({ advisory, package: name, severity, paths }) => [advisory, name, severity, paths])).toEqual([
    ["GHSA-3ppc-4f35-3m26", "minimatch", "high", ["node_modules/glob/node_modules/minimatch"]],
    ["1113300", "tar", "high", ["node_modules/tar"]], // no advisory of GitHub's: the registry's number
    ["GHSA-8qq5-rm4j-mr97", "tar", "high", ["node_modules/tar"]],
  ]);
});

test("nothing found is no finding", () => {
  expect(readFindings('{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {}}')).toEqual([]);
});

test.each([
  [
    '{"message": "request to https://registry.example failed", "error": {"summary": "", "detail": ""}}',
    "request to https://registry.example failed",
  ],
  ['{"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile."}}', "requires an existing lockfile"],
  ["npm error audit endpoint returned an error", "audit endpoint returned an error"],
  ["", "it said nothing"],
  ["[]", "[]"],
])("what is no audit is not taken for one without findings: %s", (output, reason) => {
  expect(() => readFindings(output)).toThrow(`npm gave no audit: `);
  expect(() => readFindings(output)).toThrow(reason);
});

test("what is allowed passes until its day, and for its package alone", () => {
  const findings = readFindings(report).filter(({ package: name }) => name === "tar");
  const judge = (...allowed: Allowed[]) => {
    const { refused, known, unused } = judgeFindings(findings, allowed, "2027-03-31");
    return { refused: refused.map(({ advisory, expired }) => [advisory, expired]), known: known.length, unused: unused.length };
  };
  const [first, second] = [allow("GHSA-8qq5-rm4j-mr97"), allow("1113300")];
  const [one, two] = findings.map(({ advisory }) => advisory);
  expect(judge()).toEqual({ refused: [[one, undefined], [two, undefined]], known: 0, unused: 0 }); // biome-ignore format: a line
  expect(judge(first, second)).toEqual({ refused: [], known: 2, unused: 0 });
  expect(judge({ ...first, expires: "2027-03-31" }, second).refused).toEqual([]);
  expect(judge({ ...first, expires: "2027-03-30" }, second).refused).toEqual([["GHSA-8qq5-rm4j-mr97", "2027-03-30"]]);
  expect(judge({ ...first, package: "adm-zip" }, second)).toEqual({ refused: [["GHSA-8qq5-rm4j-mr97", undefined]], known: 1, unused: 1 });
});

test.each([
  ["{}", "no JSON list"],
  ["[", "no JSON list"],
  [JSON.stringify([allow("GHSA-1", { reason: " " })]), "expected advisory, package, reason"],
  [JSON.stringify([allow("GHSA-1", { expires: "never" })]), "expires as in 2027-03-31"],
  [JSON.stringify([allow("GHSA-1", { expires: "2027-13-41" })]), "expires as in 2027-03-31"],
  ["[null]", "expected advisory"],
])("an entry that says no reason or no day is refused: %s", (text, message) => {
  expect(() => readAllowed(text)).toThrow(message);
});

test("the command ends with 1 for what is new, 0 where all is allowed, 2 without an answer, and says what it found", {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cai-audit-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const audit = async (answer: string, allowed: readonly Allowed[]) => {
    await writeFile(join(folder, "answer.json"), answer);
    await writeFile(join(folder, "allowed.json"), JSON.stringify(allowed));
    const args = [path("../audit.mjs"), "--answer", join(folder, "answer.json"), "--allowed", join(folder, "allowed.json")];
    return new Promise<{ exit: unknown; stdout: string; stderr: string }>((resolve) =>
      execFile(process.execPath, args, (error, stdout, stderr) => resolve({ exit: error?.code ?? 0, stdout, stderr })),
    );
  };
  const found = await audit(report, []);
  expect([found.exit, found.stdout]).toEqual([1, expect.stringMatching(/^new: GHSA-[\s\S]+3 findings, 0 allowed, 3 not\n$/)]);
  const all = readFindings(report).map(({ advisory, package: name }) => allow(advisory, { package: name }));
  expect(await audit(report, all)).toMatchObject({ exit: 0, stdout: expect.stringContaining("3 findings, 3 allowed, 0 not") });
  expect(await audit('{"message": "no such host"}', [])).toEqual({ exit: 2, stdout: "", stderr: "npm gave no audit: no such host\n" });
});
