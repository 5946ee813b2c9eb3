// @ts-check
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { addTfjsPackage } from "./add-tfjs-package.mjs";
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
import { prebuiltPackage } from "./prebuilt.mjs";
import { chooseRoute } from "./route.mjs";
import { findTfjsPackages, packageName } from "./tfjs-package.mjs";
import { verifyPackage } from "./verify.mjs";
import { tensorflowVersion } from "./wheels.mjs";

export { cacheDirectory, findTfjsPackages, NativeInstallError };

const silent = () => {};

/** @type {import("./install.d.mts").isNativeInstalled} */
export function isNativeInstalled({ gpu = false, cache = cacheDirectory(), kernels = "best" } = {}) {
  return stands({ gpu, cache, kernels, tryAgain: false });
}

/** @param {{ gpu: boolean, cache: string, kernels: string, tryAgain: boolean }} options `tryAgain`: levels that failed are to be tried again */
async function stands({ gpu, cache, kernels, tryAgain }) {
  const { levels, all } = wantedLevels(kernels);
  const route = chooseRoute({ gpu });
  if (route.by !== "wheel" || !(await isComplete(route.wheel, cache))) return false;
  for (const { directory: packageDirectory, version } of findTfjsPackages({ gpu, cache })) {
    const key = await bindingKey({ packageDirectory, version, library: route.wheel.name });
    if (!(await isInstalled({ packageDirectory, library: libraryDirectory(route.wheel, cache), key }))) continue;
    const noted = await notedLevels({ packageDirectory, key: await kernelKey(levelsOf()) });
    const isThere = (/** @type {string} */ level) => "bytes" in (noted[level] ?? {});
    const open = levels.map(({ name }) => name).filter((level) => tryAgain || !("failed" in (noted[level] ?? {})));
    if (all ? open.every(isThere) : open[0] === undefined || isThere(open[0])) return true;
  }
  return false;
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
export async function nativeLoads({ gpu = false, cache = cacheDirectory() } = {}) {
  for (const { directory } of findTfjsPackages({ gpu, cache })) {
    const loads = await verifyPackage(directory).then(
      () => true,
      () => false,
    );
    if (loads) return true;
  }
  return false;
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
export async function installNative({ gpu = false, cache = cacheDirectory(), kernels = "best", progress = silent } = {}) {
  const wanted = wantedLevels(kernels);
  const route = chooseRoute({ gpu });
  // A compiler that is named may be another than the one that made what is there.
  if (!process.env.CXX && (await stands({ gpu, cache, kernels, tryAgain: true }).catch(() => false))) {
    return { version: tensorflowVersion, package: packageName(gpu), done: ["already installed"] };
  }
  const { directory: packageDirectory, version } =
    (await firstWritable(findTfjsPackages({ gpu, cache }))) ?? (await addTfjsPackage({ gpu, cache, progress }));
  if (route.by === "own-installer") return installByTfjs({ gpu, packageDirectory, progress });

  const { done } = await fetchNative({ gpu, cache, progress });
  const library = { name: route.wheel.name, directory: libraryDirectory(route.wheel, cache) };
  const key = await bindingKey({ packageDirectory, version, library: library.name });
  const keyOfKernels = await kernelKey(levelsOf());
  await linkLibrary({ packageDirectory, library: library.directory });
  /** @type {Set<string>} what is wrong with compiled files that a package brings: kernels of several levels, and the binding, may say the same */
  const told = new Set();
  const common = { packageDirectory, library, cache, progress, prebuilt: { tell: (/** @type {string} */ text) => void told.add(text) } };
  const binding = installBinding({ ...common, version, key });
  const [{ version: tensorflow, from }, ours] = await Promise.all([
    binding,
    installKernels({ ...wanted, binding }, { ...common, key: keyOfKernels }),
  ]).catch((error) => {
    if (told.size === 0 || !(error instanceof NativeInstallError)) throw error;
    throw new NativeInstallError([...told, error.message].join("; "), error.fix, { cause: error });
  });
  await noteInstallation({ packageDirectory, key, kernels: { key: keyOfKernels, levels: ours.levels } });
  const made = [from, ...ours.from];
  const steps = [
    ...done,
    ...(made.includes("package") ? [`ready-made (${prebuiltPackage()})`] : []),
    ...(made.includes("compiler") ? ["compiled"] : []),
    ...describeLevels(ours.levels),
    "linked",
    ...told,
  ];
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
 * A folder of npm's may belong to the system's administrator; the cache is the user's own.
 *
 * @param {readonly import("./tfjs-package.mjs").TfjsPackage[]} found
 */
async function firstWritable(found) {
  for (const candidate of found) {
    const writable = await access(candidate.directory, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (writable) return candidate;
  }
  return undefined;
}

/**
 * macOS and Windows: tfjs-node brings TensorFlow by its own installer.
 *
 * @param {{ gpu: boolean, packageDirectory: string, progress: (text: string) => void }} options
 */
async function installByTfjs({ gpu, packageDirectory, progress }) {
  const name = packageName(gpu);
  const working = await verifyPackage(packageDirectory).catch(() => undefined);
  if (working) return { version: working.version, package: name, done: ["already installed"] };
  progress(`npm rebuild ${name} (its own installer)`);
  const result = await runNpm(["rebuild", name, "--ignore-scripts=false"], { cwd: join(packageDirectory, "../../..") });
  if (!result.ok) {
    const fix = "on this platform it needs Python, a C++ compiler and access to storage.googleapis.com; WASM works without";
    throw new NativeInstallError(`${name}'s own installer failed: ${npmReason(result.stderr)}`, fix);
  }
  const { version } = await verifyPackage(packageDirectory);
  return { version, package: name, done: ["installed by its own installer"] };
}
