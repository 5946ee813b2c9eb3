// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { npmReason, runNpm } from "../../packages/backend/src/native/npm.mjs";

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} Locked */

/**
 * Whether node_modules holds what package-lock.json says: npm notes in node_modules/.package-lock.json what it has installed, last of all.
 * Optional packages may be missing (they are of other platforms), and further ones may be there.
 *
 * @param {string} root
 */
export function packagesAreInstalled(root) {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const installed = lockedPackages(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional }]) => {
    if (!path.includes("node_modules/")) return true; // a workspace: its link is checked
    const found = installed[path];
    if (found === undefined) return optional === true;
    const same = found.version === version && found.integrity === integrity && found.link === link;
    return same && existsSync(join(root, path, "package.json"));
  });
}

/** @param {string} file @returns {Record<string, Locked> | undefined} */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined; // not there, or half written
  }
}

/**
 * Installs the packages of package-lock.json.
 *
 * @param {string} root
 * @returns {Promise<number>} how many there are
 */
export async function installPackages(root) {
  // npm's own waits between attempts (10 s, then 60 s) would keep someone offline for minutes.
  const network = ["--prefer-offline", "--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
  const result = await runNpm(["ci", ...network, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root });
  if (result.ok && packagesAreInstalled(root))
    return Object.keys(lockedPackages(join(root, "node_modules", ".package-lock.json")) ?? {}).length;
  throw new Error(`npm ci failed: ${npmReason(result.stderr)}\n  see why with: npm ci`);
}
