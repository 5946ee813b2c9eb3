import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type BackendChoice, prepareBackend } from "@cai/backend";
import type { CaseResult } from "./case.ts";
import { checkSources } from "./check-sources.ts";
import { findSources, lookedFor } from "./find-sources.ts";
import { formatCase, formatSummary } from "./report.ts";

const usage = "usage: node tools/check-golden.mjs <folder> [--backend native|gpu|wasm|cpu]";

/** Checks a golden folder and reports on standard output. @returns the exit code: 0, 1 if a case failed, 2 for wrong use. */
async function main(): Promise<number> {
  const { folder, backend } = readArguments();
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new WrongUse(`${folder} is no folder\n${usage}`);
  const sources = await findSources(folder);
  if (sources.length === 0) throw new WrongUse(`${folder} has no golden file; looked for ${lookedFor}`);
  const { name, reason } = await prepareBackend(backend === undefined ? {} : { prefer: backend }).catch((error: Error) => {
    throw new WrongUse(error.message);
  });
  console.error(`backend ${name}: ${reason}`);
  const results: CaseResult[] = [];
  for await (const result of checkSources(sources)) {
    results.push(result);
    console.log(formatCase(result));
  }
  console.log(formatSummary(results));
  return results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

class WrongUse extends Error {}

function readArguments(): { folder: string; backend: BackendChoice | undefined } {
  try {
    const { positionals, values } = parseArgs({ options: { backend: { type: "string" } }, allowPositionals: true });
    const [folder] = positionals;
    if (folder === undefined || positionals.length > 1) throw new Error(`${positionals.length} folders were given, wanted one`);
    return { folder, backend: values.backend as BackendChoice | undefined };
  } catch (error) {
    throw new WrongUse(`${(error as Error).message}\n${usage}`);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof WrongUse)) throw error;
  console.error(error.message);
  return 2;
});
