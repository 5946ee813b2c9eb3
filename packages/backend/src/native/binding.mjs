// @ts-check
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, devNull } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeInstallError } from "./error.mjs";
import { run, tellingLine } from "./run.mjs";

/** The Node-API version that tfjs-node looks for under every Node since 15. */
const napiVersion = 8;

/** @param {string} packageDirectory tfjs-node's folder */
export const bindingFile = (packageDirectory) => join(packageDirectory, "lib", `napi-v${napiVersion}`, "tfjs_binding.node");

/** Our own kernels for TensorFlow, compiled into the same file: loading it registers them. */
const kernels = fileURLToPath(new URL("./kernels/", import.meta.url));

/**
 * A name for what compiling would give: tfjs-node's sources, the kernels, the library and what the processor can do fix it.
 *
 * @param {{ packageDirectory: string, version: string, library: string }} options
 */
export async function bindingKey({ packageDirectory, version, library }) {
  const hash = createHash("sha256").update(await processorFeatures());
  for (const sources of [join(packageDirectory, "binding"), kernels])
    for (const name of (await readdir(sources)).sort()) hash.update(name).update(await readFile(join(sources, name)));
  return `tfjs-binding-${version}-${library}-${hash.digest("hex").slice(0, 16)}`;
}

/** The kernels are compiled for the processor they run on; a cache in a home folder may be seen by several. */
async function processorFeatures() {
  const description = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  return /^(?:flags|Features)\s*:.*$/m.exec(description)?.[0] ?? "";
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
    const common = ["-std=c++17", "-fPIC", `-I${join(library, "tensorflow", "include")}`];
    const forBinding = [...common, "-O2", `-DNAPI_VERSION=${napiVersion}`, `-I${headers}`];
    const sources = [
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => ({ source: join(packageDirectory, "binding", name), flags: forBinding })),
      ...(await kernelSources()).map((source) => ({ source, flags: [...common, ...kernelFlags] })),
    ];
    const objects = sources.map(({ source }) => join(folder, `${basename(source, ".cc")}.o`));
    const waiting = sources.map(({ source, flags }, index) => [...flags, "-c", source, "-o", objects[index] ?? ""]);
    const worker = async () => {
      for (let args = waiting.shift(); args; args = waiting.shift()) await compile(execute, compiler, args);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
    // Linking against the library itself takes six seconds to read its 400,000 symbols; only its name is needed here.
    const shared = ["-shared", "-fPIC", "-Wl,--no-as-needed"];
    const standIn = join(folder, "libtensorflow_cc.so.2");
    await compile(execute, compiler, [...shared, "-Wl,-soname,libtensorflow_cc.so.2", "-x", "c++", devNull, "-o", standIn]);
    const output = join(folder, "tfjs_binding.node");
    await compile(execute, compiler, [...shared, "-Wl,-rpath,$ORIGIN/../../deps/lib", ...objects, standIn, "-o", output]);
    await rename(output, file);
    return { file, compiled: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const kernelFlags = [
  "-O3",
  "-march=native",
  ...(process.arch === "x64" ? ["-mprefer-vector-width=512"] : []),
  // errno and floating-point traps, which nobody reads, keep loops over mathematical functions from being vectorised.
  "-fno-math-errno",
  "-fno-trapping-math",
];

async function kernelSources() {
  const names = (await readdir(kernels)).filter((name) => name.endsWith(".cc"));
  return names.sort().map((name) => join(kernels, name));
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
    `${compiler} could not compile the native binding: ${tellingLine(result.stderr)}`,
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
