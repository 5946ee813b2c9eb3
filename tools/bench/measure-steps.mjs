// @ts-check
import { median } from "./median.mjs";
import { caiSteps, trlSteps } from "./programs.mjs";
import { startSteps } from "./step-process.mjs";
import { takeTurns } from "./take-turns.mjs";

/**
 * Medians over a program's steps, and its peak.
 *
 * @typedef {{ generateSeconds: number, totalSeconds: number, epochSeconds: number, peakBytes: number, steps: number }} StepFigures
 *
 * @typedef {{ setting: import("./settings.mjs").NamedSetting, engines: Record<string, StepFigures>, trl?: StepFigures }} Measurement
 */

/**
 * Times steps of one setting with each engine, and in TRL where a Python with it is given; all take turns.
 *
 * @param {import("./settings.mjs").NamedSetting} setting
 * @param {{ engines: readonly string[], python?: string | undefined, dropout?: string | undefined, model?: string, steps: number, tell?: (text: string) => void }} options
 * @returns {Promise<Measurement>}
 */
export async function measureSteps(setting, { engines, python, dropout, model = "gpt2", steps, tell = () => {} }) {
  const { name: _, title, targets: __, ...work } = setting;
  const named = [
    ...(python === undefined ? [] : [{ name: "TRL", program: trlSteps(python, { ...work, dropout, steps }) }]),
    ...engines.map((name) => ({ name, program: caiSteps({ ...work, model, rollout: name, steps }) })),
  ];
  const running = named.map(({ program }) => startSteps(program));
  try {
    const times = await takeTurns(running, {
      steps,
      onStep: (program, round, { totalSeconds }) =>
        tell(`${title}: ${round === 0 ? "warm-up" : `step ${round} of ${steps}`}, ${named[program]?.name} ${totalSeconds.toFixed(1)} s`),
    });
    const figures = times.map((own, program) => [named[program]?.name, figuresOf(own, running[program]?.peakBytes() ?? 0)]);
    const { TRL: trl, ...own } = Object.fromEntries(figures);
    return { setting, engines: own, ...(trl && { trl }) };
  } finally {
    await Promise.all(running.map((program) => program.end()));
  }
}

/** @param {readonly import("./step-process.mjs").StepTimes[]} times @param {number} peakBytes @returns {StepFigures} */
export function figuresOf(times, peakBytes) {
  return {
    generateSeconds: median(times.map(({ generateSeconds }) => generateSeconds)),
    totalSeconds: median(times.map(({ totalSeconds }) => totalSeconds)),
    epochSeconds: median(times.map(({ epochSeconds = 0 }) => epochSeconds)),
    peakBytes,
    steps: times.length,
  };
}
