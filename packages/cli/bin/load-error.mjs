// @ts-check
// For what can't be loaded: imports nothing but Node's own.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const codes = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_PACKAGE_PATH_NOT_EXPORTED", "ERR_DLOPEN_FAILED"];

/** @type {import("./load-error.d.mts").isLoadError} */
export function isLoadError(error) {
  return error instanceof Error && codes.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? "");
}

/** @type {import("./load-error.d.mts").describeLoadError} */
export function describeLoadError(error, bin = fileURLToPath(import.meta.url)) {
  const [message] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
  return `error: cai can't be loaded: ${message}; ${remedyFor(bin)}`;
}

/** @param {string} bin */
function remedyFor(bin) {
  const [root = "", inside] = bin.split(/[\\/]node_modules[\\/]/);
  if (inside === undefined) return "install the repository's packages: npm ci";
  if (isNpxCache(root)) return `remove ${root} and run it again`;
  const where = existsSync(join(root, "package.json")) ? "" : "--global ";
  return `install it anew: ONNXRUNTIME_NODE_INSTALL=skip npm install ${where}@cai/cli onnxruntime-node`;
}

/** npx notes in its folder's package.json what it was made for. @param {string} root */
function isNpxCache(root) {
  try {
    return "_npx" in JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  } catch {
    return false;
  }
}
