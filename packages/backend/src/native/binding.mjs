// @ts-check
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { NativeInstallError } from "./error.mjs";
import { run, tellingLine } from "./run.mjs";

/** The Node-API version that tfjs-node looks for under every Node since 15. */
const napiVersion = 8;

/** @param {string} packageDirectory tfjs-node's folder */
export const bindingFile = (packageDirectory) => join(packageDirectory, "lib", `napi-v${napiVersion}`, "tfjs_binding.node");

/**
 * A name for what compiling would give: tfjs-node's sources and the library fix it.
 *
 * @param {{ packageDirectory: string, version: string, library: string }} options
 */
export async function bindingKey({ packageDirectory, version, library }) {
  const hash = createHash("sha256");
  const sources = join(packageDirectory, "binding");
  for (const name of (await readdir(sources)).sort()) hash.update(name).update(await readFile(join(sources, name)));
  return `tfjs-binding-${version}-${library}-${hash.digest("hex").slice(0, 16)}`;
}

/**
 * The compiled binding in the cache, compiled now if need be.
 *
 * @param {{ packageDirectory: string, library: string, cache: string, key: string, progress: (text: string) => void, execute?: typeof run }} options
 *   `library`: the unpacked wheel
 * @returns {Promise<{ file: string, compiled: boolean }>}
 */
export async function ensureBinding({ packageDirectory, library, cache, key, progress, execute = run }) {
  const file = join(cache, `${key}.node`);
  if ((await stat(file).catch(() => undefined))?.isFile()) return { file, compiled: false };
  progress("compiling the binding");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "compiling-"));
  try {
    const compiler = await findCompiler(execute);
    const headers = dirname(createRequire(import.meta.url).resolve("node-api-headers/include/node_api.h"));
    // Linking against the library itself takes six seconds to read its 400,000 symbols; only its name is needed here.
    const shared = ["-shared", "-fPIC", "-Wl,--no-as-needed"];
    const standIn = join(folder, "libtensorflow_cc.so.2");
    await compile(execute, compiler, [...shared, "-Wl,-soname,libtensorflow_cc.so.2", "-x", "c++", devNull, "-o", standIn]);
    const includes = [`-I${headers}`, `-I${join(library, "tensorflow", "include")}`];
    const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(packageDirectory, "binding", name));
    const output = join(folder, "tfjs_binding.node");
    const flags = ["-std=c++17", "-O2", `-DNAPI_VERSION=${napiVersion}`, ...shared, "-Wl,-rpath,$ORIGIN/../../deps/lib"];
    await compile(execute, compiler, [...flags, ...includes, ...sources, standIn, "-o", output]);
    await rename(output, file);
    return { file, compiled: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {typeof run} execute */
async function findCompiler(execute) {
  const candidates = [process.env.CXX, "g++", "c++", "clang++"].flatMap((name) => name || []);
  for (const compiler of candidates) if ((await execute(compiler, ["--version"])).ok) return compiler;
  throw new NativeInstallError(`no C++ compiler was found (tried ${candidates.join(", ")})`, "install one: apt-get install g++");
}

/** @param {typeof run} execute @param {string} compiler @param {readonly string[]} args */
async function compile(execute, compiler, args) {
  const result = await execute(compiler, args);
  if (result.ok) return;
  throw new NativeInstallError(
    `${compiler} could not compile tfjs-node's binding: ${tellingLine(result.stderr)}`,
    "install a current compiler (GCC 9 or later): apt-get install g++",
  );
}

/**
 * Puts a compiled binding where tfjs-node loads it from. A copy: the loader takes the library's place from the file's own.
 *
 * @param {string} file
 * @param {string} packageDirectory
 */
export async function placeBinding(file, packageDirectory) {
  const place = bindingFile(packageDirectory);
  await mkdir(dirname(place), { recursive: true });
  const beside = `${place}.${process.pid}`;
  await copyFile(file, beside, constants.COPYFILE_FICLONE);
  await rename(beside, place);
}
