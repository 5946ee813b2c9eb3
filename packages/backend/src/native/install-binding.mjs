// @ts-check
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureBinding, placeBinding, pruneBindings } from "./binding.mjs";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";
import { verifyPackage } from "./verify.mjs";

/**
 * Compiles tfjs-node's binding with our kernels, or takes it from the cache, puts it in place and computes with it. Kernels that don't
 * compile here, or don't run, are no reason to go without native TensorFlow: it is then installed without them.
 *
 * @param {{ packageDirectory: string, version: string, library: { name: string, directory: string }, cache: string, key: string, progress: (text: string) => void, execute?: typeof run, verify?: typeof verifyPackage }} options
 *   `version`: tfjs-node's; `library`: the unpacked wheel
 * @returns {Promise<{ version: string, kernels: boolean, done: string[] }>} `version`: TensorFlow's
 */
export async function installBinding({ packageDirectory, version, library, cache, key, progress, execute = run, verify = verifyPackage }) {
  /** @param {boolean} kernels */
  const bring = (kernels) =>
    // Another installation must not prune the file between the moment it is found and the moment it is copied.
    withLock(
      join(cache, "tfjs-binding.lock"),
      async () => {
        const options = { packageDirectory, library: library.directory, cache, key, kernels, progress, execute };
        const binding = await ensureBinding(options);
        await placeBinding(binding.file, packageDirectory);
        await pruneBindings({ cache, version, library: library.name, key });
        return binding;
      },
      () => progress("waiting for another installation"),
    );
  /** @param {boolean} kernels */
  const bringWorking = async (kernels) => {
    let binding = await bring(kernels);
    progress("checking that it computes");
    const verified = await verify(packageDirectory).catch(async (error) => {
      if (binding.compiled) throw error;
      // Compiled on another system that shares this cache: once more, here.
      await rm(binding.file, { force: true });
      binding = await bring(kernels);
      return verify(packageDirectory);
    });
    return { version: verified.version, kernels, done: binding.compiled ? ["compiled"] : [] };
  };
  try {
    return await bringWorking(true);
  } catch (error) {
    const installed = await bringWorking(false);
    const reason = error instanceof Error ? error.message : String(error);
    return { ...installed, done: [...installed.done, `without the faster kernels (${reason})`] };
  }
}
