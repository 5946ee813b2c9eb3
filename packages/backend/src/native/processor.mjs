// @ts-check
import { readFileSync } from "node:fs";

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

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
