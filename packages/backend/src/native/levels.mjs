// @ts-check
import { processorFeatures } from "./processor.mjs";

/**
 * A set of instructions that kernels are compiled for. What computes is the same for every processor that has a level: the order in which
 * numbers are added follows from the flags alone, never from the machine that compiled.
 *
 * @typedef {object} Level
 * @property {import("./install.d.mts").KernelLevel} name
 * @property {readonly string[]} needs what the processor must have, as Linux spells it
 * @property {readonly string[]} flags
 */

// Each flag by itself: compilers know these for longer than they know `-march=x86-64-v3`. The first are said because some systems' compilers
// take more for granted.
const x64 = ["-march=x86-64", "-mtune=generic"];
const avx2 = [...x64, "-mavx2", "-mfma", "-mf16c", "-mbmi", "-mbmi2", "-mlzcnt", "-mmovbe"];
const avx512 = [...avx2, "-mavx512f", "-mavx512bw", "-mavx512cd", "-mavx512dq", "-mavx512vl", "-mprefer-vector-width=512"];
const amx = [...avx512, "-mavx512vnni", "-mavx512bf16", "-mamx-tile", "-mamx-int8", "-mamx-bf16", "-DCAI_TILES"];

const avx2Needs = ["avx2", "fma", "f16c", "bmi1", "bmi2", "abm", "movbe"];
const avx512Needs = [...avx2Needs, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];
const amxNeeds = [...avx512Needs, "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16"];

/** The levels of each architecture, the best first. `baseline` is what every processor of it has: SSE2 on x64, NEON on arm64. */
const levels = /** @type {Readonly<Record<string, readonly Level[]>>} */ ({
  x64: [
    { name: "amx", needs: amxNeeds, flags: amx },
    { name: "avx512", needs: avx512Needs, flags: avx512 },
    { name: "avx2", needs: avx2Needs, flags: avx2 },
    { name: "baseline", needs: [], flags: x64 },
  ],
  arm64: [{ name: "baseline", needs: [], flags: ["-march=armv8-a"] }],
});

/**
 * A machine, as far as levels depend on it; by itself, this one.
 *
 * @typedef {{ platform?: string, arch?: string, features?: readonly string[] }} Machine
 */

/**
 * The levels that can be compiled, the best first: none where TensorFlow comes by tfjs-node's own installer.
 *
 * @param {Machine} [machine]
 * @returns {readonly Level[]}
 */
export function levelsOf({ platform = process.platform, arch = process.arch } = {}) {
  return platform === "linux" ? (levels[arch] ?? []) : [];
}

/**
 * What a level needs and the processor lacks; undefined if there is no such level.
 *
 * @param {string} name
 * @param {Machine} [machine]
 */
export function lackingFor(name, { features = processorFeatures(), ...machine } = {}) {
  return levelsOf(machine)
    .find((level) => level.name === name)
    ?.needs.filter((feature) => !features.includes(feature));
}

/**
 * The names of the levels that the processor has, the best first.
 *
 * @param {Machine} [machine]
 */
export function processorLevels({ features = processorFeatures(), ...machine } = {}) {
  return levelsOf(machine).flatMap(({ name }) => (lackingFor(name, { features, ...machine })?.length === 0 ? name : []));
}
