// @ts-check
import { bindingKey } from "./binding.mjs";
import { cacheDirectory } from "./cache.mjs";
import { ensureCudaLibraries, hasNvidiaDriver } from "./cuda.mjs";
import { NativeInstallError } from "./error.mjs";
import { installBinding } from "./install-binding.mjs";
import { installKernels } from "./install-kernels.mjs";
import { kernelKey } from "./kernels.mjs";
import { levelsOf, processorLevels } from "./levels.mjs";
import { ensureLibrary, isComplete, libraryDirectory } from "./library.mjs";
import { isInstalled, linkLibrary, notedLevels, noteInstallation } from "./link.mjs";
import { npmReason, runNpm } from "./npm.mjs";
import { chooseRoute } from "./route.mjs";
import { addTfjsPackage, findTfjsPackage, packageName } from "./tfjs-package.mjs";
import { verifyPackage } from "./verify.mjs";
import { tensorflowVersion } from "./wheels.mjs";

export { cacheDirectory, NativeInstallError };

const silent = () => {};

/** @type {import("./install.d.mts").isNativeInstalled} */
export function isNativeInstalled({ gpu = false, project = process.cwd(), cache = cacheDirectory(), kernels = "best" } = {}) {
  return stands({ gpu, project, cache, kernels, tryAgain: false });
}

/** @param {{ gpu: boolean, project: string, cache: string, kernels: string, tryAgain: boolean }} options `tryAgain`: levels that failed are to be tried again */
async function stands({ gpu, project, cache, kernels, tryAgain }) {
  const { levels, all } = wantedLevels(kernels);
  const route = chooseRoute({ gpu });
  const found = findTfjsPackage({ gpu, project });
  if (found === undefined || route.by !== "wheel" || !(await isComplete(route.wheel, cache))) return false;
  const packageDirectory = found.directory;
  const key = await bindingKey({ packageDirectory, version: found.version, library: route.wheel.name });
  if (!(await isInstalled({ packageDirectory, library: libraryDirectory(route.wheel, cache), key }))) return false;
  const noted = await notedLevels({ packageDirectory, key: await kernelKey(levelsOf()) });
  const isThere = (/** @type {string} */ level) => "bytes" in (noted[level] ?? {});
  const open = levels.map(({ name }) => name).filter((level) => tryAgain || !("failed" in (noted[level] ?? {})));
  return all ? open.every(isThere) : open[0] === undefined || isThere(open[0]);
}

/**
 * The levels that are asked for: all of them, or the first that works.
 *
 * @param {string} kernels
 */
function wantedLevels(kernels) {
  const known = levelsOf();
  if (kernels === "best" || kernels === "all") {
    const own = processorLevels();
    return { levels: known.filter(({ name }) => own.includes(name)), all: kernels === "all" };
  }
  const levels = known.filter(({ name }) => name === kernels);
  if (levels.length > 0) return { levels, all: true };
  const names = ["best", "all", ...known.map(({ name }) => name)];
  throw new NativeInstallError(`there are no kernels "${kernels}" for ${process.arch}`, `choose one of ${names.join(", ")}`);
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
export async function installNative(options = {}) {
  const { gpu = false, project = process.cwd(), cache = cacheDirectory(), kernels = "best", progress = silent } = options;
  const wanted = wantedLevels(kernels);
  const route = chooseRoute({ gpu });
  // A compiler that is named may be another than the one that made what is there.
  if (!process.env.CXX && (await stands({ gpu, project, cache, kernels, tryAgain: true }).catch(() => false))) {
    return { version: tensorflowVersion, package: packageName(gpu), done: ["already installed"] };
  }
  const { directory: packageDirectory, version } = findTfjsPackage({ gpu, project }) ?? (await addTfjsPackage({ gpu, project, progress }));
  if (route.by === "own-installer") return installByTfjs({ gpu, project, packageDirectory, progress });

  const { done } = await fetchNative({ gpu, cache, progress });
  const library = { name: route.wheel.name, directory: libraryDirectory(route.wheel, cache) };
  const key = await bindingKey({ packageDirectory, version, library: library.name });
  const keyOfKernels = await kernelKey(levelsOf());
  await linkLibrary({ packageDirectory, library: library.directory });
  const common = { packageDirectory, library, cache, progress };
  const binding = installBinding({ ...common, version, key });
  const [{ version: tensorflow, compiled }, ours] = await Promise.all([
    binding,
    installKernels({ ...wanted, binding }, { ...common, key: keyOfKernels }),
  ]);
  await noteInstallation({ packageDirectory, key, kernels: { key: keyOfKernels, levels: ours.levels } });
  const steps = [...done, ...(compiled || ours.compiled ? ["compiled"] : []), ...describeLevels(ours.levels), "linked"];
  return { version: tensorflow, package: packageName(gpu), done: steps };
}

/** @param {Record<string, import("./install-kernels.mjs").InstalledLevel>} levels */
function describeLevels(levels) {
  const there = Object.keys(levels).filter((level) => "bytes" in (levels[level] ?? {}));
  const failed = Object.entries(levels).flatMap(([level, noted]) =>
    "failed" in noted ? `without the faster kernels "${level}" (${noted.failed})` : [],
  );
  return [...(there.length > 0 ? [`kernels ${there.join(", ")}`] : []), ...failed];
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
