// @ts-check
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, devNull } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeInstallError } from "./error.mjs";
import { napiVersion } from "./places.mjs";
import { run, tellingLine } from "./run.mjs";

/**
 * @typedef {{ command: string, version: string }} Compiler `version`: the first line of what it says of itself
 * @typedef {{ source: string, flags: readonly string[] }} Unit
 */

/** Our own kernels for TensorFlow. */
export const kernelFolder = fileURLToPath(new URL("./kernels/", import.meta.url));

export const kernelFlags = [
  "-O3",
  "-fvisibility=hidden",
  // errno and floating-point traps, which nobody reads, keep loops over mathematical functions from being vectorised.
  "-fno-math-errno",
  "-fno-trapping-math",
  // Sums marked by `#pragma omp simd reduction` are added up in the lanes of a vector. No OpenMP library is needed.
  "-fopenmp-simd",
];

const standard = ["-std=c++17", "-fPIC", `-DNAPI_VERSION=${napiVersion}`];

/** @param {string} library the unpacked wheel */
function headerFlags(library) {
  const node = dirname(createRequire(import.meta.url).resolve("node-api-headers/include/node_api.h"));
  return [`-isystem${join(library, "tensorflow", "include")}`, `-isystem${node}`];
}

/**
 * Compiles tfjs-node's binding in a folder of its own.
 *
 * @param {{ packageDirectory: string, library: string, folder: string, compiler: Compiler, execute: typeof run }} options
 *   `library`: the unpacked wheel
 * @returns {Promise<string>} the binding's file
 */
export function compileBinding({ packageDirectory, library, folder, compiler, execute }) {
  const flags = [...standard, ...headerFlags(library), "-O2"];
  const units = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => ({ source: join(packageDirectory, "binding", name), flags }));
  return link(units, join(folder, "tfjs_binding.node"), { folder, compiler, execute });
}

/**
 * Compiles our kernels for a level in a folder of its own, as a file that Node loads after the binding.
 *
 * @param {{ level: import("./levels.mjs").Level, library: string, folder: string, compiler: Compiler, execute: typeof run }} options
 *   `library`: the unpacked wheel
 * @returns {Promise<string>} the kernels' file
 */
export async function compileKernels({ level, library, folder, compiler, execute }) {
  return link(await kernelUnits(level, library), join(folder, "kernels.node"), { folder, compiler, execute });
}

/**
 * The kernels' sources, and how they are compiled for a level.
 *
 * @param {import("./levels.mjs").Level} level
 * @param {string} library the unpacked wheel
 * @returns {Promise<Unit[]>}
 */
export async function kernelUnits(level, library) {
  const flags = [...standard, ...headerFlags(library), ...kernelFlags, ...level.flags, `-DCAI_LEVEL="${level.name}"`];
  const names = (await readdir(kernelFolder)).filter((name) => name.endsWith(".cc"));
  return names.sort().map((name) => ({ source: join(kernelFolder, name), flags }));
}

/**
 * Compiles sources, and links them to what TensorFlow's own loader takes.
 *
 * @param {readonly Unit[]} units
 * @param {string} output
 * @param {{ folder: string, compiler: Compiler, execute: typeof run }} options
 */
async function link(units, output, { folder, compiler, execute }) {
  const objects = await compileUnits(units, { folder, compiler, execute });
  // Linking against the library itself takes six seconds to read its 400,000 symbols; only its name is needed here.
  const shared = ["-shared", "-fPIC", "-Wl,--no-as-needed"];
  const standIn = join(folder, "libtensorflow_cc.so.2");
  await compile(execute, compiler, [...shared, "-Wl,-soname,libtensorflow_cc.so.2", "-x", "c++", devNull, "-o", standIn]);
  await compile(execute, compiler, [...shared, "-Wl,-rpath,$ORIGIN/../../deps/lib", ...objects, standIn, "-o", output]);
  return output;
}

/**
 * Compiles sources, as many at a time as there are cores.
 *
 * @param {readonly Unit[]} units
 * @param {{ folder: string, compiler: Compiler, execute: typeof run }} options
 * @returns {Promise<string[]>} the objects' files
 */
export async function compileUnits(units, { folder, compiler, execute }) {
  /** @type {unknown[]} */
  const failures = [];
  const objects = units.map(({ source }) => join(folder, `${basename(source, ".cc")}.o`));
  const compileUnit = async (/** @type {Unit} */ { source, flags }, /** @type {number} */ index) => {
    if (failures.length > 0) return;
    await compile(execute, compiler, [...flags, "-c", source, "-o", objects[index] ?? ""]).catch((error) => failures.push(error));
  };
  // All have ended before a failure is thrown: none writes to a folder that is being removed.
  await Promise.all(units.map((unit, index) => inTurn(() => compileUnit(unit, index))));
  if (failures.length > 0) throw failures[0];
  return objects;
}

let free = availableParallelism();
/** @type {(() => void)[]} */
const waiting = [];

/**
 * Runs `work` once a core is free for it; all that is compiled in this process takes turns.
 *
 * @template Result
 * @param {() => Promise<Result>} work
 */
async function inTurn(work) {
  if (free > 0) free--;
  else await new Promise((resolve) => waiting.push(() => resolve(undefined)));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

/**
 * @param {typeof run} [execute]
 * @returns {Promise<Compiler>}
 */
export async function findCompiler(execute = run) {
  const candidates = [process.env.CXX, "g++", "c++", "clang++"].flatMap((name) => name || []);
  for (const command of candidates) {
    const { ok, stdout } = await execute(command, ["--version"]);
    if (ok) return { command, version: stdout.split("\n", 1)[0] ?? "" };
  }
  throw new NativeInstallError(`no C++ compiler was found (tried ${candidates.join(", ")})`, "install one: apt-get install g++");
}

/** @param {typeof run} execute @param {Compiler} compiler @param {readonly string[]} args */
async function compile(execute, { command }, args) {
  const result = await execute(command, args);
  if (result.ok) return;
  throw new NativeInstallError(
    `${command} could not compile the native binding: ${tellingLine(result.stderr)}`,
    "install a current compiler (GCC 9 or later): apt-get install g++",
  );
}
