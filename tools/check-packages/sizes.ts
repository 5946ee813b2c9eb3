import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What a package weighs for who bundles it: minified, compressed by gzip, without peers. */
export interface Size {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly sizeLimit: number;
}

/** The sizes that `.size-limit.json` in `root` sets limits to, of what is built there. */
export function sizesOf(root: string): readonly Size[] {
  const program = join(dirname(createRequire(import.meta.url).resolve("size-limit")), "bin.js");
  const { stdout, stderr } = spawnSync(process.execPath, [program, "--json"], { cwd: root, encoding: "utf8" });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`size-limit gave no sizes: ${stderr || stdout}`);
  }
}
