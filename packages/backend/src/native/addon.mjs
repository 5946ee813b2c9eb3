// @ts-check
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * A name's part that changes with the files of a folder.
 *
 * @param {string} folder of files only
 * @param {string} [further] what also makes a difference
 */
export async function hashOfFolder(folder, further = "") {
  const hash = createHash("sha256").update(further);
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}

/**
 * A compiled file, and where it comes from: it was compiled now, or earlier on a system that shares the cache, or by a package's makers.
 *
 * @typedef {{ file: string, from: "compiler" | "cache" | "package" }} Addon
 */

/**
 * A compiled file in the cache, made now if it is not there.
 *
 * @param {string} file
 * @param {(folder: string) => Promise<string>} make gives a file in that folder, which is removed afterwards
 * @returns {Promise<Addon>}
 */
export async function ensureAddon(file, make) {
  if ((await stat(file).catch(() => undefined))?.isFile()) return { file, from: "cache" };
  await mkdir(dirname(file), { recursive: true });
  const folder = await mkdtemp(join(dirname(file), "compiling-"));
  try {
    await rename(await make(folder), file);
    return { file, from: "compiler" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Computes with a compiled file that `bring` put in place. One that was compiled elsewhere, and with which that fails here, is compiled in its
 * stead; where it fails all the same, that is the error.
 *
 * @template Result
 * @param {Addon} brought
 * @param {{ check: () => Promise<Result>, bring: (where: { withoutPackage: boolean }) => Promise<Addon>, withoutPackage?: boolean, tell?: ((text: string) => void) | undefined }} options
 *   `withoutPackage`: what the package has is known to fail; `tell`: told so
 * @returns {Promise<{ result: Result, from: Addon["from"] }>}
 */
export async function checkAddon(brought, { check, bring, withoutPackage = brought.from === "package", tell = () => {} }) {
  try {
    return { result: await check(), from: brought.from };
  } catch (error) {
    if (brought.from === "compiler") throw error;
    if (brought.from === "package") tell(`${brought.file} does not compute here: ${error instanceof Error ? error.message : error}`);
    if (brought.from === "cache") await rm(brought.file, { force: true });
    return checkAddon(await bring({ withoutPackage }), { check, bring, withoutPackage, tell });
  }
}

/**
 * Puts a compiled file where it is loaded from. A copy: the loader takes the library's place from the file's own.
 *
 * @param {string} file
 * @param {string} place
 */
export async function placeAddon(file, place) {
  await mkdir(dirname(place), { recursive: true });
  const beside = `${place}.${process.pid}`;
  await copyFile(file, beside, constants.COPYFILE_FICLONE);
  await rename(beside, place);
}

/**
 * Removes from the cache what other sources gave. Whoever uses such a file has a copy, and one that is asked for again is compiled again.
 *
 * @param {{ cache: string, family: string, stays: string }} options how the names of all of a kind begin, and those of the files that stay
 */
export async function pruneAddons({ cache, family, stays }) {
  for (const name of await readdir(cache)) {
    const other = name.startsWith(family) && name.endsWith(".node") && !name.startsWith(stays);
    if (other) await rm(join(cache, name), { force: true });
  }
}
