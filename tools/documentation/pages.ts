import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder, with a `/` behind it. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A file's text, by its path from the repository's folder. */
export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));

/** The pages of `docs/`. */
export const docsPages: readonly string[] = namesIn("docs", ".md");

/** Every page that readers are led to: those at the top, of `docs/`, the packages' READMEs, and the reports of the benchmarks. */
export const documents: readonly string[] = [
  ...namesIn("", ".md"),
  ...docsPages,
  "docs/examples/README.md",
  ...readdirSync(join(root, "packages")).flatMap((name) => namesIn(`packages/${name}`, ".md")),
  ...["constitutional", "labels", "learning"].map((name) => `tools/bench/${name}/README.md`),
];
