// @ts-check
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { placeAddon } from "./addon.mjs";
import { ensureBinding, pruneBindings } from "./binding.mjs";
import { withLock } from "./lock.mjs";
import { bindingFile } from "./places.mjs";
import { run } from "./run.mjs";
import { verifyPackage } from "./verify.mjs";

/**
 * Compiles tfjs-node's binding, or takes it from the cache, puts it in place and computes with it.
 *
 * @param {{ packageDirectory: string, version: string, library: { name: string, directory: string }, cache: string, key: string, progress: (text: string) => void, execute?: typeof run, verify?: typeof verifyPackage }} options
 *   `version`: tfjs-node's; `library`: the unpacked wheel
 * @returns {Promise<{ version: string, compiled: boolean }>} `version`: TensorFlow's
 */
export async function installBinding({ packageDirectory, version, library, cache, key, progress, execute = run, verify = verifyPackage }) {
  const bring = () =>
    // Another installation must not prune the file between the moment it is found and the moment it is copied.
    withLock(
      join(cache, "tfjs-binding.lock"),
      async () => {
        const binding = await ensureBinding({ packageDirectory, library: library.directory, cache, key, progress, execute });
        await placeAddon(binding.file, bindingFile(packageDirectory));
        await pruneBindings({ cache, version, library: library.name, key });
        return binding;
      },
      () => progress("waiting for another installation"),
    );
  let binding = await bring();
  progress("checking that it computes");
  const verified = await verify(packageDirectory).catch(async (error) => {
    if (binding.compiled) throw error;
    // Compiled on another system that shares this cache: once more, here.
    await rm(binding.file, { force: true });
    binding = await bring();
    return verify(packageDirectory);
  });
  return { version: verified.version, compiled: binding.compiled };
}
