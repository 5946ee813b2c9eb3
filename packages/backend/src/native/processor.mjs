// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Instruction sets of x86 by their beginnings, in Linux's spelling; the other flags tell nothing about compiled code. */
const instructionSets = /^(abm|adx|aes|amx|avx|bmi|f16c|fma|gfni|movbe|pclmul|pni|popcnt|sha|sse|ssse|tbm|vaes|vpclmul|xop)/;

/**
 * What the processor can do that compiled code may use, sorted; empty where the system does not tell.
 *
 * @param {string} [description] Linux's /proc/cpuinfo
 * @returns {string[]}
 */
export function processorFeatures(description = readOrEmpty("/proc/cpuinfo")) {
  const [, name, names = ""] = /^(flags|Features)\s*:(.*)$/m.exec(description) ?? [];
  return names
    .split(/\s+/)
    .filter((feature) => feature !== "" && (name === "Features" || instructionSets.test(feature)))
    .sort();
}

/** Where tfjs-node's folder tells what was installed into it. @param {string} packageDirectory */
export const noteFile = (packageDirectory) => join(packageDirectory, "deps", "cai.json");

/**
 * What the binding in tfjs-node's folder was compiled for and this processor cannot do: with any of it, the process would end at the
 * first kernel. Happens where a folder or an image is taken from one machine to another.
 *
 * @param {string} packageDirectory
 * @param {readonly string[]} [present]
 * @returns {string[]}
 */
export function lackingFeatures(packageDirectory, present = processorFeatures()) {
  const { processor = [] } = JSON.parse(readOrEmpty(noteFile(packageDirectory)) || "{}");
  return processor.filter((/** @type {string} */ feature) => !present.includes(feature));
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
