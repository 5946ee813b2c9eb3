import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { demoPromptsDirectory } from "./directories.ts";
import { DemoError } from "./error.ts";

const files = { train: "train.jsonl", heldout: "heldout.jsonl" } as const;

/**
 * Openings of real English sentences, 4 to 12 tokens each: 400 to train on, 64 held out. The held-out ones come from speeches that
 * neither policy nor reward model was trained on.
 *
 * @throws DemoError `unknown-split`.
 * @example
 * const prompts = await demoPrompts({ split: "train" });
 */
export async function demoPrompts({ split }: { readonly split: "train" | "heldout" }): Promise<string[]> {
  if (!Object.hasOwn(files, split))
    throw new DemoError("unknown-split", `there is no split ${JSON.stringify(split)} of the demo's prompts: ask for "train" or "heldout"`);
  const lines = (await readFile(join(demoPromptsDirectory, files[split]), "utf8")).trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { prompt: string }).prompt);
}
