// @ts-check
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureAddon, hashOfFolder, pruneAddons } from "./addon.mjs";
import { compileKernels, findCompiler, kernelFlags, kernelFolder } from "./compile.mjs";
import { findPrebuilt } from "./prebuilt.mjs";
import { run } from "./run.mjs";

/** What the names of a level's kernels for this library begin with. @param {string} library @param {string} level */
const family = (library, level) => `cai-kernels-${library}-${level}-`;

/**
 * A name for the kernels' sources: with the level and the compiler, it fixes what compiling gives.
 *
 * @param {readonly import("./levels.mjs").Level[]} levels of this architecture
 */
export function kernelKey(levels) {
  return hashOfFolder(kernelFolder, JSON.stringify([kernelFlags, levels.map(({ name, flags }) => [name, flags])]));
}

/**
 * What a package calls the kernels of a level.
 *
 * @param {{ level: string, library: string, key: string }} options `key`: `kernelKey`
 */
export const prebuiltKernels = ({ level, library, key }) => `${family(library, level)}${key}.node`;

/**
 * The compiled kernels of a level: those that a package brings, or the cache has, or compiled now; without a compiler, those that any
 * compiler made.
 *
 * @param {{ level: import("./levels.mjs").Level, library: { name: string, directory: string }, cache: string, key: string, progress: (text: string) => void, execute?: typeof run, prebuilt?: import("./prebuilt.mjs").PrebuiltPlace }} options
 *   `library`: the unpacked wheel; `key`: `kernelKey`
 * @returns {Promise<import("./addon.mjs").Addon>}
 */
export async function ensureKernels({ level, library, cache, key, progress, execute = run, prebuilt }) {
  const ready = await findPrebuilt(prebuiltKernels({ level: level.name, library: library.name, key }), prebuilt);
  if (ready !== undefined) return { file: ready, from: "package" };
  const begin = `${family(library.name, level.name)}${key}-`;
  const compiler = await findCompiler(execute).catch(async (error) => {
    const name = (await readdir(cache)).find((name) => name.startsWith(begin) && name.endsWith(".node"));
    if (name === undefined) throw error;
    return join(cache, name);
  });
  if (typeof compiler === "string") return { file: compiler, from: "cache" };
  const made = createHash("sha256").update(compiler.version).digest("hex").slice(0, 8);
  return ensureAddon(join(cache, `${begin}${made}.node`), (folder) => {
    progress(`compiling the kernels (${level.name})`);
    return compileKernels({ level, library: library.directory, folder, compiler, execute });
  });
}

/**
 * Removes from the cache what other sources gave for the same level and library.
 *
 * @param {{ cache: string, level: string, library: string, key: string }} options `key`: of the kernels that stay
 */
export function pruneKernels({ cache, level, library, key }) {
  const begin = family(library, level);
  return pruneAddons({ cache, family: begin, stays: `${begin}${key}-` });
}
