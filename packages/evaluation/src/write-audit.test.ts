import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { auditRun } from "./audit-run.ts";
import { writeAudit } from "./write-audit.ts";

test("names and figures, and a page, in a folder that is made", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cai-audit-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const directory = join(folder, "runs", "audit");
  const metrics = [1, 2, 3].map((step) => ({ step, values: { "objective/scores": step, "objective/kl": step } }));
  const audit = auditRun({ metrics, samples: [] });
  const written = await writeAudit({ directory, audit, names: { run: "the first run" } });
  expect((await readdir(directory)).toSorted()).toEqual(written.toSorted());
  expect(JSON.parse(await readFile(join(directory, "audit.json"), "utf8"))).toEqual({ run: "the first run", ...audit });
  expect(await readFile(join(directory, "index.html"), "utf8")).toContain("Audit of the first run");
});
