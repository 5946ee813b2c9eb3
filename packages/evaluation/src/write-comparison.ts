import { join } from "node:path";
import { wholeFiles } from "@cai/whole-file";
import type { PolicyComparison } from "./compare-policies.ts";
import { EvaluationError } from "./error.ts";
import { type EvaluationNames, evaluationPage } from "./evaluation-page.ts";

const files = wholeFiles(EvaluationError);

/** What of a comparison is written, and where. */
export interface WriteComparisonOptions {
  /** A folder; it is made where it is missing. */
  readonly directory: string;
  readonly comparison: PolicyComparison;
  readonly names: EvaluationNames;
  /** More that `eval.json` shall hold: plain JSON. */
  readonly more?: object;
}

/**
 * Writes a comparison: the names and every figure as `eval.json`, a line a prompt with all answers as `samples.jsonl`, the page as `index.html`.
 * Each file is there whole or not at all; `eval.json` comes last.
 *
 * @returns the files' paths below the folder
 * @throws EvaluationError `cannot-write`
 * @example
 * const base = await loadPolicy("./gpt2");
 * const judge = ({ responses }) => responses.map((response) => response.length);
 * const comparison = await comparePolicies({ policy, base, judge, prompts, bestOf: 2, maxNewTokens: 4 });
 * await writeComparison({ directory: "runs/eval", comparison, names: { policy: "trained", base: "untrained", judge: "length" } });
 */
export async function writeComparison({ directory, comparison, names, more }: WriteComparisonOptions): Promise<string[]> {
  const { samples, ...figures } = comparison;
  const contents: Readonly<Record<string, string>> = {
    "samples.jsonl": samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""),
    "index.html": evaluationPage(comparison, names),
    "eval.json": `${JSON.stringify({ ...names, ...more, ...figures }, null, 2)}\n`,
  };
  await files.makeFolder(directory);
  for (const [name, content] of Object.entries(contents)) await files.write(join(directory, name), content);
  return Object.keys(contents);
}
