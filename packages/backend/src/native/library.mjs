// @ts-check
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadWheel } from "./download.mjs";
import { NativeInstallError } from "./error.mjs";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";
import { unpackWheel } from "./unpack.mjs";

const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/** The names under which tfjs-node's own installer looks for the two. */
const aliases = {
  "libtensorflow.so": "libtensorflow_cc.so.2",
  "libtensorflow.so.2": "libtensorflow_cc.so.2",
  "libtensorflow.so.2.9.1": "libtensorflow_cc.so.2",
  "libtensorflow_framework.so": "libtensorflow_framework.so.2",
  "libtensorflow_framework.so.2.9.1": "libtensorflow_framework.so.2",
};

/**
 * The folder in the cache that holds a wheel's libraries and headers (`tensorflow/`, `tensorflow/include/`), fetched if need be.
 *
 * @param {import("./wheels.mjs").Wheel} wheel
 * @param {{ cache: string, progress: (text: string) => void, execute?: typeof run, waits?: readonly number[] }} options
 * @returns {Promise<{ directory: string, fetched: boolean }>}
 */
export async function ensureLibrary(wheel, { cache, progress, execute = run, waits }) {
  const directory = libraryDirectory(wheel, cache);
  if (await isComplete(wheel, cache)) return { directory, fetched: false };
  await mkdir(cache, { recursive: true }).catch((error) => {
    throw new NativeInstallError(`the cache cannot be written: ${error.message}`, "set XDG_CACHE_HOME to a folder that can");
  });
  const work = async () => {
    if (await isComplete(wheel, cache)) return { directory, fetched: false };
    await removeLeftovers(cache, wheel);
    const wheelFile = await downloadWheel(wheel, { cache, progress, execute, ...(waits && { waits }) });
    progress("unpacking");
    const beside = await mkdtemp(`${directory}.unpacking-`);
    await unpackWheel({ wheelFile, directory: beside, execute });
    await seal(wheel, beside);
    await rm(directory, { recursive: true, force: true });
    await rename(beside, directory);
    await rm(wheelFile);
    return { directory, fetched: true };
  };
  return withLock(`${directory}.lock`, work, () => progress("waiting for another installation"));
}

/** @param {import("./wheels.mjs").Wheel} wheel @param {string} cache */
export function libraryDirectory(wheel, cache) {
  return join(cache, wheel.name);
}

/**
 * Whether the cache has all of it: what was noted after unpacking is there, in its full length.
 *
 * @param {import("./wheels.mjs").Wheel} wheel
 * @param {string} cache
 */
export async function isComplete(wheel, cache) {
  const directory = libraryDirectory(wheel, cache);
  try {
    const noted = JSON.parse(await readFile(join(directory, "complete.json"), "utf8"));
    if (noted.sha256 !== wheel.sha256) return false;
    for (const name of libraries) {
      if ((await stat(join(directory, "tensorflow", name))).size !== noted.bytes[name]) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** @param {import("./wheels.mjs").Wheel} wheel @param {string} directory */
async function seal(wheel, directory) {
  const folder = join(directory, "tensorflow");
  for (const [name, library] of Object.entries(aliases)) await symlink(library, join(folder, name));
  /** @type {Record<string, number>} */
  const bytes = {};
  for (const name of libraries) bytes[name] = (await stat(join(folder, name))).size;
  await writeFile(join(directory, "complete.json"), JSON.stringify({ wheel: wheel.requirement, sha256: wheel.sha256, bytes }));
}

/**
 * What an installation that was killed left behind. Its lock is ours now.
 *
 * @param {string} cache
 * @param {import("./wheels.mjs").Wheel} wheel
 */
async function removeLeftovers(cache, wheel) {
  for (const name of await readdir(cache)) {
    const leftover = name.startsWith(`${wheel.name}.downloading-`) || name.startsWith(`${wheel.name}.unpacking-`);
    if (leftover) await rm(join(cache, name), { recursive: true, force: true });
  }
}
