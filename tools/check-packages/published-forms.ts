import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/**
 * What is wrong with a package as npm would publish it: its `exports` and files by publint, with its suggestions; its types by
 * Are the types wrong, for whoever imports it. Every package is an ES module and nothing else, so `require()` has no types of its own.
 */
export async function faultsOfTarball(file: string): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(file));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  const analysis = await checkPackage(createPackageFromTarballData(bytes));
  const problems =
    analysis.types === false ? ["it has no types"] : analysis.problems.filter(concernsImport).map((one) => JSON.stringify(one));
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`),
    ...problems.map((problem) => `attw: ${problem}`),
  ];
}

function concernsImport(problem: Problem): boolean {
  return !("resolutionKind" in problem) || !["node10", "node16-cjs"].includes(problem.resolutionKind);
}
