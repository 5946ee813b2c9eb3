import { join } from "node:path";
import { type PromptRow, type ReadRow, readPrompts } from "@cai/data";
import type { DataReader } from "./read-data.ts";

/** For the help of flags that name prompts. */
const fileForms = 'JSONL ({"prompt": …}), plain text, a line each, or Parquet; - is standard input, demo';
export const promptForms = `${fileForms} what cai demo trains with`;
export const heldOutPromptForms = `${fileForms} the held-out ones of cai demo`;

/**
 * The prompts that a flag names: of a file, of standard input (`-`), or those of @cai/demo (`demo`), 400 to train on and 64 held out.
 *
 * @param columns also what else stands in a row
 * @throws CliError `usage`, naming file and line
 */
export async function readPromptRows(
  reader: DataReader,
  source: string,
  { split, columns = false }: { readonly split: "train" | "heldout"; readonly columns?: boolean },
): Promise<readonly ReadRow<PromptRow>[]> {
  const file = source === "demo" ? join((await import("@cai/demo")).demoPromptsDirectory, `${split}.jsonl`) : source;
  return (await reader.read((name, options) => readPrompts(name, { ...options, columns }), file)).rows;
}
