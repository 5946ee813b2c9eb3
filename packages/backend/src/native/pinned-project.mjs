// @ts-check
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes a project that npm installs as it is pinned, by `npm ci`: npm refuses a file whose SHA-512 is not the one in the lock, whatever a
 * registry says of it.
 *
 * @param {string} folder
 * @param {{ dependencies: Readonly<Record<string, string>>, packages: Readonly<Record<string, object>>, fields?: object }} options
 *   `packages`: as in a package-lock.json, by their paths; `fields`: more of package.json
 */
export async function writePinnedProject(folder, { dependencies, packages, fields = {} }) {
  const lock = { lockfileVersion: 3, requires: true, packages: { "": { dependencies }, ...packages } };
  await writeFile(join(folder, "package.json"), `${JSON.stringify({ private: true, ...fields, dependencies }, null, 2)}\n`);
  await writeFile(join(folder, "package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
}
