import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RolloutError } from "./error.ts";

const name = "onnxruntime-node";

/**
 * Where onnxruntime-node is: beside this package or above it, else in the project of the working directory, for npx keeps the two apart.
 *
 * @returns An address to import.
 * @throws RolloutError `missing-runtime`, with the command that installs it.
 */
export function findOnnxRuntime(places: readonly string[] = [import.meta.url, join(process.cwd(), "package.json")]): string {
  for (const place of places) {
    try {
      return pathToFileURL(createRequire(place).resolve(name)).href;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  // Its install script would fetch CUDA files on every Linux on x64, from a host that many networks block; nothing here needs them.
  const skip = process.platform === "win32" ? "" : "ONNXRUNTIME_NODE_INSTALL=skip ";
  throw new RolloutError(
    "missing-runtime",
    `responses are drawn in ${name}, which is not installed: ${skip}npm i ${name} (npm i -g where cai is installed globally)`,
  );
}
