// @ts-check
import { bindingKey } from "./binding.mjs";
import { cacheDirectory } from "./cache.mjs";
import { ensureCudaLibraries, hasNvidiaDriver } from "./cuda.mjs";
import { NativeInstallError } from "./error.mjs";
import { installBinding } from "./install-binding.mjs";
import { ensureLibrary, isComplete, libraryDirectory } from "./library.mjs";
import { isInstalled, linkLibrary, noteInstallation } from "./link.mjs";
import { npmReason, runNpm } from "./npm.mjs";
import { chooseRoute } from "./route.mjs";
import { addTfjsPackage, findTfjsPackage, packageName } from "./tfjs-package.mjs";
import { verifyPackage } from "./verify.mjs";
import { tensorflowVersion } from "./wheels.mjs";

export { cacheDirectory, NativeInstallError };

const silent = () => {};

/** @type {import("./install.d.mts").isNativeInstalled} */
export function isNativeInstalled({ gpu = false, project = process.cwd(), cache = cacheDirectory() } = {}) {
  return stands({ gpu, project, cache, kernels: false });
}

/** @param {{ gpu: boolean, project: string, cache: string, kernels: boolean }} options `kernels`: whether it must have ours */
async function stands({ gpu, project, cache, kernels }) {
  const route = chooseRoute({ gpu });
  const found = findTfjsPackage({ gpu, project });
  if (found === undefined || route.by !== "wheel" || !(await isComplete(route.wheel, cache))) return false;
  const packageDirectory = found.directory;
  const key = await bindingKey({ packageDirectory, version: found.version, library: route.wheel.name });
  return isInstalled({ packageDirectory, library: libraryDirectory(route.wheel, cache), key, kernels });
}

/** @type {import("./install.d.mts").nativeLoads} */
export async function nativeLoads({ gpu = false, project = process.cwd() } = {}) {
  const found = findTfjsPackage({ gpu, project });
  return (
    found !== undefined &&
    verifyPackage(found.directory).then(
      () => true,
      () => false,
    )
  );
}

/** @type {import("./install.d.mts").fetchNative} */
export async function fetchNative({ gpu = false, cache = cacheDirectory(), progress = silent } = {}) {
  const route = chooseRoute({ gpu });
  if (route.by !== "wheel") return { done: [] };
  const { directory, fetched } = await ensureLibrary(route.wheel, { cache, progress });
  const done = fetched ? ["downloaded"] : [];
  if (gpu && (await hasNvidiaDriver()) && (await ensureCudaLibraries({ library: directory, progress })))
    done.push("CUDA libraries downloaded");
  return { done };
}

/** @type {import("./install.d.mts").installNative} */
export async function installNative({ gpu = false, project = process.cwd(), cache = cacheDirectory(), progress = silent } = {}) {
  const route = chooseRoute({ gpu });
  if (await stands({ gpu, project, cache, kernels: true }).catch(() => false)) {
    return { version: tensorflowVersion, package: packageName(gpu), done: ["already installed"] };
  }
  const { directory: packageDirectory, version } = findTfjsPackage({ gpu, project }) ?? (await addTfjsPackage({ gpu, project, progress }));
  if (route.by === "own-installer") return installByTfjs({ gpu, project, packageDirectory, progress });

  const { done } = await fetchNative({ gpu, cache, progress });
  const library = libraryDirectory(route.wheel, cache);
  const key = await bindingKey({ packageDirectory, version, library: route.wheel.name });
  await linkLibrary({ packageDirectory, library });
  const installed = await installBinding({
    ...{ packageDirectory, version, cache, key, progress },
    library: { name: route.wheel.name, directory: library },
  });
  await noteInstallation({ packageDirectory, key, kernels: installed.kernels });
  return { version: installed.version, package: packageName(gpu), done: [...done, ...installed.done, "linked"] };
}

/**
 * macOS and Windows: tfjs-node brings TensorFlow by its own installer.
 *
 * @param {{ gpu: boolean, project: string, packageDirectory: string, progress: (text: string) => void }} options
 */
async function installByTfjs({ gpu, project, packageDirectory, progress }) {
  const name = packageName(gpu);
  const working = await verifyPackage(packageDirectory).catch(() => undefined);
  if (working) return { version: working.version, package: name, done: ["already installed"] };
  progress(`npm rebuild ${name} (its own installer)`);
  const result = await runNpm(["rebuild", name, "--ignore-scripts=false"], { cwd: project });
  if (!result.ok) {
    const mend = "on this platform it needs Python, a C++ compiler and access to storage.googleapis.com; WASM works without";
    throw new NativeInstallError(`${name}'s own installer failed: ${npmReason(result.stderr)}`, mend);
  }
  const { version } = await verifyPackage(packageDirectory);
  return { version, package: name, done: ["installed by its own installer"] };
}
