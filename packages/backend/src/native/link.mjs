// @ts-check
import { lstat, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bindingFile } from "./binding.mjs";
import { noteFile, processorFeatures } from "./processor.mjs";

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

/**
 * Notes what a verified installation was made of, so that the next look at it costs no load.
 *
 * @param {{ packageDirectory: string, key: string, kernels: boolean }} options `kernels`: whether ours are in it
 */
export async function noteInstallation({ packageDirectory, key, kernels }) {
  const { size } = await stat(bindingFile(packageDirectory));
  await writeFile(
    noteFile(packageDirectory),
    JSON.stringify({ key, kernels, bindingBytes: size, ...(kernels && { processor: processorFeatures() }) }),
  );
}

/**
 * Whether tfjs-node's folder holds the verified installation of this key, with this library.
 *
 * @param {{ packageDirectory: string, library: string, key: string, kernels?: boolean }} options
 *   `kernels`: whether it must have ours; default false
 */
export async function isInstalled({ packageDirectory, library, key, kernels = false }) {
  try {
    const noted = JSON.parse(await readFile(noteFile(packageDirectory), "utf8"));
    const linked = await realpath(join(packageDirectory, "deps", "lib"));
    const { size } = await stat(bindingFile(packageDirectory));
    if (kernels && !noted.kernels) return false;
    return noted.key === key && noted.bindingBytes === size && linked === (await realpath(join(library, "tensorflow")));
  } catch {
    return false;
  }
}
