import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedPackages } from "../published.ts";
import { runLine } from "./newcomer.ts";
import type { Tarball } from "./registry.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Builds every package and packs it into `folder`, as `npm publish` would. */
export async function packAll(folder: string): Promise<Tarball[]> {
  for (const line of ["npm run build", `npm pack --workspaces --pack-destination '${folder}'`]) {
    const { exit, stdout, stderr } = await runLine(line, { cwd: root });
    if (exit !== 0) throw new Error(`${line} failed:\n${stdout}${stderr}`);
  }
  return publishedPackages.map((directory) => {
    const manifest: Tarball["manifest"] = JSON.parse(readFileSync(join(root, "packages", directory, "package.json"), "utf8"));
    return { manifest, file: join(folder, `${manifest.name.slice(1).replace("/", "-")}-${manifest.version}.tgz`) };
  });
}
