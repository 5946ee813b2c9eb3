// @ts-check
import { join } from "node:path";

/** The Node-API version that tfjs-node looks for under every Node since 15. */
export const napiVersion = 8;

/** Where tfjs-node's folder holds what Node loads. @param {string} packageDirectory tfjs-node's folder */
const addonFolder = (packageDirectory) => join(packageDirectory, "lib", `napi-v${napiVersion}`);

/** @param {string} packageDirectory */
export const bindingFile = (packageDirectory) => join(addonFolder(packageDirectory), "tfjs_binding.node");

/**
 * Where the kernels of a level are looked for, and where they are put once they are compiled: in tfjs-node's folder.
 *
 * @param {string} packageDirectory
 * @param {string} level
 */
export const kernelFile = (packageDirectory, level) => join(addonFolder(packageDirectory), `cai-kernels-${level}.node`);
