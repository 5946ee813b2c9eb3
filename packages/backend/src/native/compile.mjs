// @ts-check
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, devNull } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeInstallError } from "./error.mjs";
import { run, tellingLine } from "./run.mjs";

/** The Node-API version that tfjs-node looks for under every Node since 15. */
export const napiVersion = 8;

/** Our own kernels for TensorFlow, compiled into the same file: loading it registers them. */
export const kernelFolder = fileURLToPath(new URL("./kernels/", import.meta.url));

export const kernelFlags = [
  "-O3",
  // For the processor that is here: they are a cache's content, not what is published.
  process.arch === "arm64" ? "-mcpu=native" : "-march=native",
  ...(process.arch === "x64" ? ["-mprefer-vector-width=512"] : []),
  // errno and floating-point traps, which nobody reads, keep loops over mathematical functions from being vectorised.
  "-fno-math-errno",
  "-fno-trapping-math",
  // Sums marked by `#pragma omp simd reduction` are added up in the lanes of a vector. No OpenMP library is needed.
  "-fopenmp-simd",
];

/**
 * Compiles tfjs-node's binding in a folder of its own, with or without our kernels.
 *
 * @param {{ packageDirectory: string, library: string, folder: string, kernels: boolean, execute: typeof run }} options
 *   `library`: the unpacked wheel
 * @returns {Promise<string>} the binding's file
 */
export async function compileBinding({ packageDirectory, library, folder, kernels, execute }) {
  const compiler = await findCompiler(execute);
  const headers = dirname(createRequire(import.meta.url).resolve("node-api-headers/include/node_api.h"));
  const common = ["-std=c++17", "-fPIC", `-I${join(library, "tensorflow", "include")}`];
  const forBinding = [...common, "-O2", `-DNAPI_VERSION=${napiVersion}`, `-I${headers}`];
  const sources = [
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => ({ source: join(packageDirectory, "binding", name), flags: forBinding })),
    ...(kernels ? await kernelSources() : []).map((source) => ({ source, flags: [...common, ...kernelFlags] })),
  ];
  const objects = sources.map(({ source }) => join(folder, `${basename(source, ".cc")}.o`));
  const waiting = sources.map(({ source, flags }, index) => [...flags, "-c", source, "-o", objects[index] ?? ""]);
  /** @type {unknown[]} */
  const failures = [];
  const worker = async () => {
    while (failures.length === 0) {
      const args = waiting.shift();
      if (args === undefined) return;
      await compile(execute, compiler, args).catch((error) => failures.push(error));
    }
  };
  // All have ended before a failure is thrown: none writes to a folder that is being removed.
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failures.length > 0) throw failures[0];
  // Linking against the library itself takes six seconds to read its 400,000 symbols; only its name is needed here.
  const shared = ["-shared", "-fPIC", "-Wl,--no-as-needed"];
  const standIn = join(folder, "libtensorflow_cc.so.2");
  await compile(execute, compiler, [...shared, "-Wl,-soname,libtensorflow_cc.so.2", "-x", "c++", devNull, "-o", standIn]);
  const output = join(folder, "tfjs_binding.node");
  await compile(execute, compiler, [...shared, "-Wl,-rpath,$ORIGIN/../../deps/lib", ...objects, standIn, "-o", output]);
  return output;
}

async function kernelSources() {
  const names = (await readdir(kernelFolder)).filter((name) => name.endsWith(".cc"));
  return names.sort().map((name) => join(kernelFolder, name));
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
