// @ts-check
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { NativeInstallError } from "./error.mjs";
import { withLock } from "./lock.mjs";
import { npmReason, runNpm } from "./npm.mjs";
import { writePinnedProject } from "./pinned-project.mjs";
import { cachedProject, packageName, resolvePackage, tfjsVersion } from "./tfjs-package.mjs";

/** What tfjs-node requires of TensorFlow.js; one of its kernels the second, which it does not declare. */
const required = ["@tensorflow/tfjs", "@tensorflow/tfjs-core"];

/** tfjs-node's own entry in a package-lock.json and those of all that it requires, with their hashes. */
const pinned = new URL("./tfjs-node-packages.json", import.meta.url);

/**
 * Installs tfjs-node into the user's cache for this package's copy of TensorFlow.js, by npm and without its own installer: the packages that are
 * pinned here, to the byte. What stands there for TensorFlow.js are files that require that copy: nothing is downloaded twice, and no process
 * gets a second one.
 *
 * @param {{ gpu: boolean, cache: string, progress: (text: string) => void, from?: string, npm?: typeof runNpm }} options
 *   `from`: the file that resolves TensorFlow.js, for tests
 * @returns {Promise<import("./tfjs-package.mjs").TfjsPackage>}
 */
export async function addTfjsPackage({ gpu, cache, progress, from = import.meta.url, npm = runNpm }) {
  const name = packageName(gpu);
  const tfjs = resolvePackage("@tensorflow/tfjs", from);
  if (tfjs === undefined) throw new NativeInstallError("@tensorflow/tfjs is not installed", "install the packages anew, with npm");
  const project = cachedProject({ gpu, cache, tfjs: tfjs.directory });
  const find = () => resolvePackage(name, join(project, "package.json"));
  const work = async () => {
    const present = find();
    if (present !== undefined) return present;
    await removeUseless(cache, project);
    const folder = await mkdtemp(`${project}.installing-`);
    try {
      await describeProject({ folder, name, tfjs: tfjs.directory });
      progress(`npm ci of ${name}@${tfjsVersion}`);
      // Copies of the folders that stand for TensorFlow.js, for links would not survive the move.
      const args = ["ci", "--ignore-scripts", "--install-links", "--no-audit", "--no-fund", "--loglevel=error"];
      const result = await npm(args, { cwd: folder });
      if (!result.ok || resolvePackage(name, join(folder, "package.json")) === undefined) {
        const fix = "check the network and npm's registry (npm ping), and run it again";
        throw new NativeInstallError(`npm could not install ${name}: ${npmReason(result.stderr)}`, fix);
      }
      await rm(project, { recursive: true, force: true });
      await rename(folder, project);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return /** @type {import("./tfjs-package.mjs").TfjsPackage} */ (find());
  };
  await mkdir(cache, { recursive: true }).catch((error) => {
    throw new NativeInstallError(`the cache cannot be written: ${error.message}`, "set XDG_CACHE_HOME to a folder that can");
  });
  return withLock(`${project}.lock`, work, () => progress("waiting for another installation"));
}

/** @param {{ folder: string, name: string, tfjs: string }} options `tfjs`: the folder of TensorFlow.js */
async function describeProject({ folder, name, tfjs }) {
  /** @type {Record<string, string>} */
  const dependencies = { [name]: tfjsVersion };
  const { own, others } = JSON.parse(await readFile(pinned, "utf8"));
  const packages = { ...others, [`node_modules/${name}`]: own[name] };
  for (const module of required) {
    const found = resolvePackage(module, join(tfjs, "package.json"));
    if (found === undefined) throw new NativeInstallError(`${module} is not installed`, "install the packages anew, with npm");
    const standIn = basename(module);
    await mkdir(join(folder, standIn));
    await writeFile(join(folder, standIn, "package.json"), JSON.stringify({ name: module, version: found.version, main: "index.cjs" }));
    await writeFile(join(folder, standIn, "index.cjs"), `module.exports = require(${JSON.stringify(found.directory)});\n`);
    dependencies[module] = `file:./${standIn}`;
    packages[`node_modules/${module}`] = { version: found.version, resolved: `file:${standIn}` };
  }
  await writePinnedProject(folder, { dependencies, packages, fields: { tfjs } });
}

/**
 * Removes from the cache what was installed for a TensorFlow.js that is no longer there, and what an installation into `project` left
 * behind when it was killed: its lock is ours now.
 *
 * @param {string} cache
 * @param {string} project
 */
async function removeUseless(cache, project) {
  for (const name of await readdir(cache)) {
    const folder = join(cache, name);
    if (/^tfjs-node(-gpu)?-[\d.]+-[0-9a-f]{16}$/.test(name)) {
      const { tfjs } = JSON.parse(await readFile(join(folder, "package.json"), "utf8").catch(() => "{}"));
      if (tfjs !== undefined && existsSync(tfjs)) continue;
    } else if (!folder.startsWith(`${project}.installing-`)) continue;
    await rm(folder, { recursive: true, force: true });
  }
}
