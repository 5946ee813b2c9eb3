// @ts-check
import { join } from "node:path";
import { ensureAddon, hashOfFolder, pruneAddons } from "./addon.mjs";
import { compileBinding, findCompiler } from "./compile.mjs";
import { findPrebuilt } from "./prebuilt.mjs";
import { run } from "./run.mjs";

/** What the names of all bindings of this tfjs-node and library begin with. @param {{ version: string, library: string }} options */
const family = ({ version, library }) => `tfjs-node-binding-${version}-${library}-`;

/**
 * A name for what compiling would give: tfjs-node's sources and the library fix it. It runs on every processor of its architecture.
 *
 * @param {{ packageDirectory: string, version: string, library: string }} options
 */
export async function bindingKey({ packageDirectory, version, library }) {
  return `${family({ version, library })}${await hashOfFolder(join(packageDirectory, "binding"))}`;
}

/**
 * The compiled binding that a package brings, or the cache has, or compiled now.
 *
 * @param {{ packageDirectory: string, library: string, cache: string, key: string, progress: (text: string) => void, execute?: typeof run, prebuilt?: import("./prebuilt.mjs").PrebuiltPlace }} options
 *   `library`: the unpacked wheel
 * @returns {Promise<import("./addon.mjs").Addon>}
 */
export async function ensureBinding({ packageDirectory, library, cache, key, progress, execute = run, prebuilt }) {
  const ready = await findPrebuilt(`${key}.node`, prebuilt);
  if (ready !== undefined) return { file: ready, from: "package" };
  return ensureAddon(join(cache, `${key}.node`), async (folder) => {
    progress("compiling the binding");
    return compileBinding({ packageDirectory, library, folder, compiler: await findCompiler(execute), execute });
  });
}

/**
 * Removes from the cache what other sources gave for the same tfjs-node and library.
 *
 * @param {{ cache: string, version: string, library: string, key: string }} options `key`: of the binding that stays
 */
export function pruneBindings({ cache, version, library, key }) {
  return pruneAddons({ cache, family: family({ version, library }), stays: key });
}
