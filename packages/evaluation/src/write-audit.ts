import { join } from "node:path";
import { wholeFiles } from "@cai/whole-file";
import { auditPage } from "./audit-page.ts";
import type { RunAudit } from "./audit-run.ts";
import { EvaluationError } from "./error.ts";

const files = wholeFiles(EvaluationError);

/** What of an audit is written, and where. */
export interface WriteAuditOptions {
  /** A folder; it is made where it is missing. */
  readonly directory: string;
  readonly audit: RunAudit;
  /** How the run and the judge of its gold score are called. */
  readonly names: { readonly run: string; readonly judge?: string | undefined };
}

/**
 * Writes an audit: the names with every figure as `audit.json`, the page as `index.html`. Each file is there whole or not at all.
 *
 * @returns the files' paths below the folder
 * @throws EvaluationError `cannot-write`
 * @example
 * const metrics = [1, 2, 3].map((step) => ({ step, values: { "objective/scores": step, "objective/kl": step } }));
 * await writeAudit({ directory: "runs/audit", audit: auditRun({ metrics, samples: [] }), names: { run: "runs/first" } });
 */
export async function writeAudit({ directory, audit, names }: WriteAuditOptions): Promise<string[]> {
  await files.makeFolder(directory);
  await files.write(join(directory, "index.html"), auditPage(audit, names));
  await files.write(join(directory, "audit.json"), `${JSON.stringify({ ...names, ...audit }, null, 2)}\n`);
  return ["audit.json", "index.html"];
}
