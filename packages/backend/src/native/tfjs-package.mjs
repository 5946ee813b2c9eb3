// @ts-check
import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cacheDirectory } from "./cache.mjs";

/** The tfjs-node that this version works with. */
export const tfjsVersion = "4.22.0";

/** @param {boolean} gpu */
export const packageName = (gpu) => (gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node");

/**
 * A tfjs-node's folder and version.
 *
 * @typedef {{ directory: string, version: string }} TfjsPackage
 */

/**
 * The tfjs-nodes that may be loaded here, the first first: the one that this package resolves, and the one that was installed for it into
 * the user's cache. The working directory has no say: wherever a command is started, it computes on the same.
 *
 * One that resolves but stands on another copy of TensorFlow.js than this package is none of them: with two copies in a process every
 * kernel is registered twice, and tensors of one are unknown to the other.
 *
 * @param {{ gpu: boolean, cache?: string, from?: string }} options `from`: the file that resolves, for tests
 * @returns {TfjsPackage[]}
 */
export function findTfjsPackages({ gpu, cache = cacheDirectory(), from = import.meta.url }) {
  const tfjs = resolvePackage("@tensorflow/tfjs", from)?.directory;
  if (tfjs === undefined) return [];
  const beside = resolvePackage(packageName(gpu), from);
  const besideFits = beside && resolvePackage("@tensorflow/tfjs", join(beside.directory, "package.json"))?.directory === tfjs;
  const cached = resolvePackage(packageName(gpu), join(cachedProject({ gpu, cache, tfjs }), "package.json"));
  return [...(besideFits ? [beside] : []), ...(cached ? [cached] : [])];
}

/**
 * The folder in the cache in which npm installs tfjs-node for one copy of TensorFlow.js.
 *
 * @param {{ gpu: boolean, cache: string, tfjs: string }} options `tfjs`: the copy's folder
 */
export function cachedProject({ gpu, cache, tfjs }) {
  const key = createHash("sha256").update(tfjs).digest("hex").slice(0, 16);
  return join(cache, `${packageName(gpu).slice("@tensorflow/".length)}-${tfjsVersion}-${key}`);
}

/**
 * A package as a file resolves it; undefined where it does not.
 *
 * @param {string} name
 * @param {string} from
 * @returns {TfjsPackage | undefined}
 */
export function resolvePackage(name, from) {
  try {
    const file = realpathSync(createRequire(from).resolve(`${name}/package.json`));
    return { directory: dirname(file), version: JSON.parse(readFileSync(file, "utf8")).version };
  } catch {
    return undefined;
  }
}
