// @ts-check
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The package that brings compiled files to a kind of machine.
 *
 * @param {{ platform?: string, arch?: string }} [machine] by itself, this one
 */
export const prebuiltPackage = ({ platform = process.platform, arch = process.arch } = {}) => `@cai/kernels-${platform}-${arch}`;

/**
 * A file that `prebuiltPackage` brings: its SHA-256, by the name that says of which sources it was made. One by another name is of others.
 *
 * @typedef {{ files: Readonly<Record<string, string>> }} Manifest
 */

/**
 * @typedef {object} PrebuiltPlace
 * @property {NodeJS.ProcessEnv} [env] `CXX` names a compiler: what it makes is wanted then
 * @property {() => string | undefined} [findManifest]
 * @property {(text: string) => void} [tell] told what is wrong with the package's files, and why others are taken
 */

/** Where no package is asked. @type {PrebuiltPlace} */
export const noPackage = { findManifest: () => undefined };

/**
 * The compiled file of this name, where a package has it as its manifest says. It belongs to the package: it is never written or removed.
 *
 * @param {string} name as in the cache, without what names a compiler
 * @param {PrebuiltPlace} [options]
 * @returns {Promise<string | undefined>}
 */
export async function findPrebuilt(name, { env = process.env, findManifest = installedManifest, tell = () => {} } = {}) {
  if (env.CXX) return undefined;
  const manifest = findManifest();
  if (manifest === undefined) return undefined;
  const file = join(dirname(manifest), name);
  try {
    const { files } = /** @type {Manifest} */ (JSON.parse(await readFile(manifest, "utf8")));
    const wanted = files[name];
    if (wanted === undefined) return undefined;
    if (sha256(await readFile(file)) === wanted) return file;
    tell(`${file} is damaged: reinstall ${prebuiltPackage()}`);
  } catch (error) {
    tell(`${file} can't be read (${error instanceof Error ? error.message : error}): reinstall ${prebuiltPackage()}`);
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Beside this package, if it is installed. */
function installedManifest() {
  try {
    return createRequire(import.meta.url).resolve(`${prebuiltPackage()}/manifest.json`);
  } catch {
    return undefined;
  }
}
