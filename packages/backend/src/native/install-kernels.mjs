// @ts-check
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkAddon, placeAddon } from "./addon.mjs";
import { ensureKernels, pruneKernels } from "./kernels.mjs";
import { lackingFor } from "./levels.mjs";
import { withLock } from "./lock.mjs";
import { kernelFile } from "./places.mjs";
import { noPackage, prebuiltPackage } from "./prebuilt.mjs";
import { run } from "./run.mjs";
import { verifyPackage } from "./verify.mjs";

/**
 * @typedef {{ packageDirectory: string, library: { name: string, directory: string }, cache: string, key: string, progress: (text: string) => void, execute?: typeof run, prebuilt?: import("./prebuilt.mjs").PrebuiltPlace }} KernelOptions
 *   `library`: the unpacked wheel; `key`: `kernelKey`
 */

/**
 * Takes the kernels of a level from a package or the cache, or compiles them, and puts them in place. Nothing is loaded.
 *
 * @param {import("./levels.mjs").Level} level
 * @param {KernelOptions} options
 */
function bringKernels(level, { packageDirectory, library, cache, key, progress, execute = run, prebuilt }) {
  return withLock(
    join(cache, `cai-kernels-${level.name}.lock`),
    async () => {
      const kernels = await ensureKernels({ level, library, cache, key, progress, execute, ...(prebuilt && { prebuilt }) });
      await placeAddon(kernels.file, kernelFile(packageDirectory, level.name));
      await pruneKernels({ cache, level: level.name, library: library.name, key });
      return kernels;
    },
    () => progress("waiting for another installation"),
  );
}

/**
 * Computes with kernels that `bringKernels` put in place; those that were compiled elsewhere and fail are compiled here. Where it fails all the
 * same, they are taken away again: what is in place works.
 *
 * @param {import("./levels.mjs").Level} level
 * @param {import("./addon.mjs").Addon} brought
 * @param {KernelOptions & { verify?: typeof verifyPackage }} options
 * @returns {Promise<import("./addon.mjs").Addon["from"]>}
 */
async function checkKernels(level, brought, { verify = verifyPackage, ...options }) {
  const place = kernelFile(options.packageDirectory, level.name);
  try {
    const { from } = await checkAddon(brought, {
      check: () => verify(options.packageDirectory, { kernels: place }),
      tell: options.prebuilt?.tell,
      bring: ({ withoutPackage }) => bringKernels(level, { ...options, ...(withoutPackage && { prebuilt: noPackage }) }),
    });
    return from;
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  }
}

/**
 * What became of a level: the size of its file and the package that brought it, if one did; or why there is none.
 *
 * @typedef {{ bytes: number, package?: string } | { failed: string }} InstalledLevel
 */

/**
 * Installs the kernels of all these levels, or of the first that works. One that fails is no error: everything computes without, slower.
 *
 * @param {{ levels: readonly import("./levels.mjs").Level[], all: boolean, binding: Promise<unknown> }} wanted `binding`: settles once it is in place
 * @param {KernelOptions & { verify?: typeof verifyPackage, has?: (level: string) => boolean }} options
 *   `has`: whether this processor has a level; for others it compiles only
 * @returns {Promise<{ levels: Record<string, InstalledLevel>, from: readonly import("./addon.mjs").Addon["from"][] }>} for each level that was tried
 */
export async function installKernels({ levels, all, binding }, { has = (level) => lackingFor(level)?.length === 0, ...options }) {
  /** @type {Record<string, InstalledLevel>} */
  const tried = {};
  /** @type {import("./addon.mjs").Addon["from"][]} */
  const from = [];
  const install = async (/** @type {import("./levels.mjs").Level} */ level) => {
    try {
      const brought = await bringKernels(level, options);
      await binding;
      const origin = has(level.name) ? await checkKernels(level, brought, options) : brought.from;
      from.push(origin);
      const { size } = await stat(kernelFile(options.packageDirectory, level.name));
      tried[level.name] = { bytes: size, ...(origin === "package" && { package: prebuiltPackage() }) };
      return true;
    } catch (error) {
      tried[level.name] = { failed: error instanceof Error ? error.message : String(error) };
      return false;
    }
  };
  if (all) await Promise.all(levels.map(install));
  else for (const level of levels) if (await install(level)) break;
  return { levels: Object.fromEntries(levels.flatMap(({ name }) => (tried[name] ? [[name, tried[name]]] : []))), from };
}
