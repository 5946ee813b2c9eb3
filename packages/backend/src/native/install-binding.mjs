// @ts-check
import { join } from "node:path";
import { checkAddon, placeAddon } from "./addon.mjs";
import { ensureBinding, pruneBindings } from "./binding.mjs";
import { withLock } from "./lock.mjs";
import { bindingFile } from "./places.mjs";
import { noPackage } from "./prebuilt.mjs";
import { run } from "./run.mjs";
import { verifyPackage } from "./verify.mjs";

/**
 * Takes tfjs-node's binding from a package or the cache, or compiles it, puts it in place and computes with it.
 *
 * @param {{ packageDirectory: string, version: string, library: { name: string, directory: string }, cache: string, key: string, progress: (text: string) => void, execute?: typeof run, verify?: typeof verifyPackage, prebuilt?: import("./prebuilt.mjs").PrebuiltPlace }} options
 *   `version`: tfjs-node's; `library`: the unpacked wheel
 * @returns {Promise<{ version: string, from: import("./addon.mjs").Addon["from"] }>} `version`: TensorFlow's
 */
export async function installBinding({
  packageDirectory,
  version,
  library,
  cache,
  key,
  progress,
  execute = run,
  verify = verifyPackage,
  prebuilt,
}) {
  const bring = ({ withoutPackage = false } = {}) =>
    // Another installation must not prune the file between the moment it is found and the moment it is copied.
    withLock(
      join(cache, "tfjs-binding.lock"),
      async () => {
        const place = withoutPackage ? noPackage : prebuilt;
        const binding = await ensureBinding({
          packageDirectory,
          library: library.directory,
          cache,
          key,
          progress,
          execute,
          ...(place && { prebuilt: place }),
        });
        await placeAddon(binding.file, bindingFile(packageDirectory));
        await pruneBindings({ cache, version, library: library.name, key });
        return binding;
      },
      () => progress("waiting for another installation"),
    );
  const brought = await bring();
  progress("checking that it computes");
  const { result, from } = await checkAddon(brought, { check: () => verify(packageDirectory), bring, tell: prebuilt?.tell });
  return { version: result.version, from };
}
