import { stat } from "node:fs/promises";
import type { HubId } from "./hub-id.ts";
import type { ListedFile } from "./listed-file.ts";

/** What is taken of a repository. */
export interface WantedFiles {
  /** Files in folders count too. */
  readonly inFolders: boolean;
  /** What a folder filled by hand may hold besides what is `missingIn` it, for an error. */
  readonly optional: string;
  /**
   * `small` comes first, with the index of split weights, and then the weights: `whole`, or what the index names. Where the last file is,
   * the rest is.
   *
   * @throws HubError `unusable` where something is missing that no model can do without
   */
  choose(
    files: ReadonlyMap<string, ListedFile>,
    id: HubId,
  ): { readonly small: readonly ListedFile[]; readonly whole: ListedFile | undefined };
  /** The files that a model can't do without and that a local folder lacks. */
  missingIn(folder: string): Promise<readonly string[]>;
}

/** What every model has that can be used here. */
export const required: readonly string[] = ["config.json", "tokenizer.json"];

/** What the tokenizer may want besides. */
export const tokenizerFiles: readonly string[] = [
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
];

export async function isFile(path: string, size?: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && (size === undefined || found.size === size);
}
