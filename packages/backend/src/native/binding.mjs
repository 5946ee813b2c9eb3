// @ts-check
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compileBinding, kernelFlags, kernelFolder, napiVersion } from "./compile.mjs";
import { processorFeatures } from "./processor.mjs";
import { run } from "./run.mjs";

/** @param {string} packageDirectory tfjs-node's folder */
export const bindingFile = (packageDirectory) => join(packageDirectory, "lib", `napi-v${napiVersion}`, "tfjs_binding.node");

/** What the names of all bindings of this tfjs-node and library begin with. @param {{ version: string, library: string }} options */
const family = ({ version, library }) => `tfjs-binding-${version}-${library}-`;

/**
 * A name for what compiling would give: tfjs-node's sources, the kernels, the library and what the processor can do fix it.
 *
 * @param {{ packageDirectory: string, version: string, library: string }} options
 */
export async function bindingKey({ packageDirectory, version, library }) {
  // A cache in a home folder may be seen by several processors, and the kernels are compiled for one.
  const hash = createHash("sha256").update([...processorFeatures(), ...kernelFlags].join(" "));
  for (const sources of [join(packageDirectory, "binding"), kernelFolder])
    for (const name of (await readdir(sources)).sort()) hash.update(name).update(await readFile(join(sources, name)));
  return `${family({ version, library })}${hash.digest("hex").slice(0, 16)}`;
}

/**
 * The compiled binding in the cache, compiled now if need be.
 *
 * @param {{ packageDirectory: string, library: string, cache: string, key: string, kernels: boolean, progress: (text: string) => void, execute?: typeof run }} options
 *   `library`: the unpacked wheel; `kernels`: whether our own are in it
 * @returns {Promise<{ file: string, compiled: boolean }>}
 */
export async function ensureBinding({ packageDirectory, library, cache, key, kernels, progress, execute = run }) {
  const file = join(cache, `${key}${kernels ? "" : "-without-kernels"}.node`);
  if ((await stat(file).catch(() => undefined))?.isFile()) return { file, compiled: false };
  progress(kernels ? "compiling the binding" : "compiling the binding without kernels");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "compiling-"));
  try {
    await rename(await compileBinding({ packageDirectory, library, folder, kernels, execute }), file);
    return { file, compiled: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Puts a compiled binding where tfjs-node loads it from. A copy: the loader takes the library's place from the file's own.
 *
 * @param {string} file
 * @param {string} packageDirectory
 */
export async function placeBinding(file, packageDirectory) {
  const place = bindingFile(packageDirectory);
  await mkdir(dirname(place), { recursive: true });
  const beside = `${place}.${process.pid}`;
  await copyFile(file, beside, constants.COPYFILE_FICLONE);
  await rename(beside, place);
}

/**
 * Removes from the cache what other sources gave for the same tfjs-node and library. Whoever uses such a binding has a copy, and one
 * that is asked for again is compiled again.
 *
 * @param {{ cache: string, version: string, library: string, key: string }} options `key`: of the bindings that stay
 */
export async function pruneBindings({ cache, version, library, key }) {
  for (const name of await readdir(cache)) {
    const other = name.startsWith(family({ version, library })) && name.endsWith(".node") && !name.startsWith(key);
    if (other) await rm(join(cache, name), { force: true });
  }
}
