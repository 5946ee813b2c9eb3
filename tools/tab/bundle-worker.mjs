// @ts-check
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/**
 * One ES module of a program and all that it imports, for a browser, from the packages' sources. What can't be in a browser, a module of Node's
 * say, is an error.
 *
 * @param {URL} entry
 * @param {{ readonly minify?: boolean }} [options]
 * @returns {Promise<string>}
 */
export async function bundleWorker(entry, { minify = false } = {}) {
  const { output } = await build({
    input: fileURLToPath(entry),
    platform: "browser",
    write: false,
    resolve: { conditionNames: ["@cai/source", "browser", "import", "default"] },
    output: { format: "esm", minify, codeSplitting: false },
    onLog: (_level, { code, message }) => {
      if (code === "UNRESOLVED_IMPORT" || code === "IMPORT_IS_UNDEFINED") throw new Error(message);
    },
  });
  return output[0].code;
}
