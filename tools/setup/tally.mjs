// @ts-check
import { appendFileSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Count what a test of the slow tier went through
 * @property {"kills survived" | "faults injected" | "inputs fuzzed" | "runs made again"} what
 * @property {string} of what was killed, hurt or fed
 * @property {number} count
 */

/**
 * Hands a count on to the table at the end of the run; without a run that asks for one it is shown alone.
 *
 * @param {Count} count
 */
export function tally(count) {
  const file = process.env.CAI_TALLY;
  if (file === undefined) process.stdout.write(`${tallyTable([count])}\n`);
  else appendFileSync(file, `${JSON.stringify(count)}\n`);
}

/**
 * What was handed on.
 *
 * @param {string} file
 * @returns {Count[]} none where no test counted
 */
export function readTally(file) {
  try {
    const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * A line a count, under a sum of each kind.
 *
 * @param {readonly Count[]} counts
 */
export function tallyTable(counts) {
  const kinds = [...new Set(counts.map(({ what }) => what))].toSorted();
  const line = (/** @type {string} */ name, /** @type {number} */ count) => `${name.padEnd(32)} ${count.toLocaleString("en").padStart(10)}`;
  return kinds
    .flatMap((kind) => {
      const own = counts.filter(({ what }) => what === kind);
      const sum = own.reduce((total, { count }) => total + count, 0);
      return [line(kind, sum), ...own.map(({ of, count }) => line(`  ${of}`, count))];
    })
    .join("\n");
}
