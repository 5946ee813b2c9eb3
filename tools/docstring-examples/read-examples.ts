import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** The code behind an `@example`. */
export interface Example {
  /** The source file, from `packages/` on. */
  readonly file: string;
  /** Its place among the file's examples, from 0. */
  readonly place: number;
  readonly code: string;
}

/** The examples in the docstrings of a package's sources, in the files' order. */
export function readExamples(name: string): Example[] {
  const files = readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" }).sort();
  return files
    .filter((file) => file.endsWith(".ts") && !/\.(test|slow|fixture)\.ts$/.test(file))
    .flatMap((file) => {
      const path = `${name}/src/${file}`;
      return examplesIn(readFileSync(join(packages, path), "utf8")).map((code, place) => ({ file: path, place, code }));
    });
}

function examplesIn(source: string): string[] {
  const docstrings = source.match(/\/\*\*(?:(?!\*\/)[\s\S])*\*\//g) ?? [];
  return docstrings.flatMap((docstring) => {
    const lines = docstring.slice(3, -2).split("\n");
    const text = lines.map((line) => line.replace(/^\s*\* ?/, "")).join("\n");
    return text
      .split(/^@example\b/m)
      .slice(1)
      .map((example) => example.split(/^@\w+/m)[0]!.trim());
  });
}
