// @ts-check
import { installNative } from "../../packages/backend/src/native/install.mjs";
import { processorLevels } from "../../packages/backend/src/native/levels.mjs";
import { besideSource } from "./programs.mjs";
import { startSteps } from "./step-process.mjs";

/** @typedef {{ level: string, kernels: import("./reports.mjs").KernelTime[] }} LevelTimes */

/**
 * Times every kernel at each level that this processor has, the best first; each level in a process of its own, since a process has one. They
 * take turns, a kernel each, so that a slow minute of the machine meets all of them. Levels that are not compiled yet are compiled first.
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
  const running = levels.map((level) => ({ level, program: startSteps(besideSource("kernels.mjs", ["--kernels", level, "--paced"])) }));
  /** @type {LevelTimes[]} */
  const measured = levels.map((level) => ({ level, kernels: [] }));
  try {
    for (let left = 1; left > 0; ) {
      for (const [index, { level, program }] of running.entries()) {
        const kernel = /** @type {import("./reports.mjs").KernelTime & { left: number }} */ (/** @type {unknown} */ (await program.next()));
        tell(`${kernel.name}, ${level}: ${(1000 * kernel.seconds).toFixed(2)} ms`);
        measured[index]?.kernels.push(kernel);
        left = kernel.left;
      }
    }
    return measured;
  } finally {
    await Promise.all(running.map(({ program }) => program.end()));
  }
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
