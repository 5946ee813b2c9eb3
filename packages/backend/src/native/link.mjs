// @ts-check
import { lstat, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bindingFile, kernelFile } from "./places.mjs";

/**
 * Links the unpacked library into tfjs-node's folder. `deps/lib` is one link to a whole folder, so that the CUDA libraries,
 * which TensorFlow looks for in `../nvidia` from its own place, are found beside it in the cache.
 *
 * @param {{ packageDirectory: string, library: string }} options
 */
export async function linkLibrary({ packageDirectory, library }) {
  const deps = join(packageDirectory, "deps");
  await mkdir(deps, { recursive: true });
  await replaceByLink(join(deps, "lib"), join(library, "tensorflow"));
  await replaceByLink(join(deps, "include"), join(library, "tensorflow", "include"));
}

/** @param {string} path @param {string} target */
async function replaceByLink(path, target) {
  const beside = `${path}.${process.pid}`;
  await rm(beside, { force: true });
  await symlink(target, beside);
  const present = await lstat(path).catch(() => undefined);
  if (present?.isDirectory()) await rm(path, { recursive: true }); // by tfjs-node's own installer
  await rename(beside, path);
}

/** Where tfjs-node's folder tells what was installed into it. @param {string} packageDirectory */
const noteFile = (packageDirectory) => join(packageDirectory, "deps", "cai.json");

/**
 * What was installed of our kernels: from which sources, and of each level that was tried the size of its file, or why there is none.
 *
 * @typedef {{ key: string, levels: Record<string, import("./install-kernels.mjs").InstalledLevel> }} InstalledKernels
 */

/**
 * Notes what a verified installation was made of, so that the next look at it costs no load. Levels of the same kernels that were
 * noted before stay noted.
 *
 * @param {{ packageDirectory: string, key: string, kernels: InstalledKernels }} options
 */
export async function noteInstallation({ packageDirectory, key, kernels }) {
  const before = (await readNote(packageDirectory))?.kernels;
  const levels = { ...(before?.key === kernels.key && before?.levels), ...kernels.levels };
  const { size } = await stat(bindingFile(packageDirectory));
  await writeFile(noteFile(packageDirectory), JSON.stringify({ key, bindingBytes: size, kernels: { key: kernels.key, levels } }));
}

/**
 * Whether tfjs-node's folder holds the verified installation of this key, with this library.
 *
 * @param {{ packageDirectory: string, library: string, key: string }} options
 */
export async function isInstalled({ packageDirectory, library, key }) {
  try {
    const noted = await readNote(packageDirectory);
    const linked = await realpath(join(packageDirectory, "deps", "lib"));
    const { size } = await stat(bindingFile(packageDirectory));
    return noted?.key === key && noted.bindingBytes === size && linked === (await realpath(join(library, "tensorflow")));
  } catch {
    return false;
  }
}

/**
 * What was noted of kernels from these sources, level by level; one whose file is gone or another is left out.
 *
 * @param {{ packageDirectory: string, key: string }} options `key`: `kernelKey`
 * @returns {Promise<Record<string, import("./install-kernels.mjs").InstalledLevel>>}
 */
export async function notedLevels({ packageDirectory, key }) {
  const kernels = (await readNote(packageDirectory))?.kernels;
  if (kernels?.key !== key) return {};
  const size = (/** @type {string} */ level) =>
    stat(kernelFile(packageDirectory, level)).then(
      ({ size }) => size,
      () => undefined,
    );
  const checked = Object.entries(kernels.levels).map(async ([level, noted]) =>
    "failed" in noted || noted.bytes === (await size(level)) ? [[level, noted]] : [],
  );
  return Object.fromEntries((await Promise.all(checked)).flat());
}

/**
 * The package that brought a level's kernels; undefined for those that were compiled here.
 *
 * @param {{ packageDirectory: string, level: string }} options
 * @returns {Promise<string | undefined>}
 */
export async function notedPackage({ packageDirectory, level }) {
  const key = (await readNote(packageDirectory))?.kernels?.key ?? "";
  const noted = (await notedLevels({ packageDirectory, key }))[level];
  return noted && "package" in noted ? noted.package : undefined;
}

/** @param {string} packageDirectory @returns {Promise<{ key: string, bindingBytes: number, kernels?: InstalledKernels } | undefined>} */
async function readNote(packageDirectory) {
  try {
    const noted = JSON.parse(await readFile(noteFile(packageDirectory), "utf8"));
    return typeof noted.kernels === "object" ? noted : undefined;
  } catch {
    return undefined; // not there, or not ours
  }
}
