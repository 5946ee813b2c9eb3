// @ts-check
import { installNative } from "../../packages/backend/src/native/install.mjs";
import { processorLevels } from "../../packages/backend/src/native/levels.mjs";
import { runBesideSource } from "./programs.mjs";

/** @typedef {{ level: string, kernels: import("./reports.mjs").KernelTime[] }} LevelTimes */

/**
 * Times every kernel at each level that this processor has, the best first; each level in a process of its own, since a process has one.
 * Levels that are not compiled yet are compiled first.
 *
 * @param {{ tell?: (text: string) => void }} [options]
 * @returns {Promise<LevelTimes[]>}
 * @throws Error where native TensorFlow, or a level's kernels, can't be had
 */
export async function measureLevels({ tell = () => {} } = {}) {
  const levels = processorLevels();
  if (levels.length === 0) throw new Error(`there are no kernels for ${process.platform} on ${process.arch}: nothing to compare`);
  const names = /** @type {import("../../packages/backend/src/native/install.mjs").KernelLevel[]} */ (levels);
  for (const kernels of names) await installNative({ kernels, progress: (text) => tell(`kernels ${kernels}: ${text}`) });
  /** @type {LevelTimes[]} */
  const measured = [];
  for (const level of levels) {
    tell(`kernels ${level}: measuring`);
    measured.push({ level, kernels: await runBesideSource("kernels.mjs", [level]) });
  }
  return measured;
}

/**
 * A column a level, in milliseconds, as rows of text (table.mjs).
 *
 * @param {readonly LevelTimes[]} measured the same kernels at each level
 */
export function levelRows(measured) {
  const [first] = measured;
  const rows = (first?.kernels ?? []).map(({ name }, index) => {
    const ofLevels = measured.map(({ level, kernels }) => {
      const kernel = kernels[index];
      if (kernel?.name !== name) throw new Error(`level ${level} was measured on ${kernel?.name} where ${first?.level} was on ${name}`);
      return (1000 * kernel.seconds).toFixed(2);
    });
    return [name, ...ofLevels];
  });
  return [["kernel, ms", ...measured.map(({ level }) => level)], ...rows];
}
