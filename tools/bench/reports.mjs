// @ts-check
import { columnOf, generationTargets } from "./settings.mjs";
import { decodeBytes, epochFlops, shapes, stepFlops } from "./work.mjs";

/**
 * Tables of what was measured, as rows of text (table.mjs).
 *
 * @typedef {{ cpu: string, cores: number, memoryBytes: number, node: string, backend: string, kernels?: string, gemmFlopsPerSecond: number, tensorFlowFlopsPerSecond: number, memoryBytesPerSecond: number }} Machine
 * @typedef {{ name: string, flops: number, bytes: number, seconds: number }} KernelTime
 * @typedef {import("./measure-steps.mjs").Measurement} Measurement
 */

/** What the processor stands in, and what it can do. @param {Machine} machine */
export function describeMachine({ cores, memoryBytes, node, backend, kernels, ...speeds }) {
  const [ofLayers, ofTensorFlow] = [speeds.gemmFlopsPerSecond, speeds.tensorFlowFlopsPerSecond].map((flops) => (flops / 1e9).toFixed(0));
  const products = `float32 matrix products at ${ofLayers} GFLOP/s (TensorFlow's own at ${ofTensorFlow})`;
  const measured = `${products}, memory at ${(speeds.memoryBytesPerSecond / 1e9).toFixed(0)} GB/s`;
  const computes = `tfjs on ${backend}${kernels === undefined ? "" : ` with the kernels ${kernels}`}`;
  return `${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB; Node ${node}, ${computes}; measured: ${measured}`;
}

/**
 * Every kernel beside its bound. More than 100 % of it: the data stayed in a cache.
 *
 * @param {readonly KernelTime[]} kernels @param {Machine} machine
 */
export function kernelRows(kernels, { gemmFlopsPerSecond, memoryBytesPerSecond }) {
  const rows = kernels.map(({ name, flops, bytes, seconds }) => {
    const [compute, memory] = [flops / gemmFlopsPerSecond, bytes / memoryBytesPerSecond];
    return [
      name,
      (1000 * seconds).toFixed(2),
      flops === 0 ? "" : (flops / seconds / 1e9).toFixed(0),
      flops === 0 ? "" : percent(compute / seconds),
      (bytes / seconds / 1e9).toFixed(1),
      percent(memory / seconds),
      percent(Math.max(compute, memory) / seconds),
    ];
  });
  return [["kernel", "ms", "GFLOP/s", "of peak", "GB/s", "of bandwidth", "of bound"], ...rows];
}

/** @param {readonly Measurement[]} measurements @param {Machine} machine */
export function decodeRows(measurements, machine) {
  const rows = each(measurements).map(({ setting, engine, figures: { generateSeconds } }) => [
    `${setting.title}, ${engine}`,
    generateSeconds.toFixed(2),
    ((setting.batch * setting.response) / generateSeconds).toFixed(0),
    ((1000 * generateSeconds) / setting.response).toFixed(1),
    percent(decodeBytes(gpt2, setting) / generateSeconds / machine.memoryBytesPerSecond),
  ]);
  return [["generation", "s", "tokens/s", "ms a token of all rows", "of bandwidth"], ...rows];
}

/** @param {readonly Measurement[]} measurements @param {Machine} machine */
export function epochRows(measurements, machine) {
  const rows = measurements.flatMap(({ setting, engines }) =>
    Object.values(engines)
      .slice(0, 1) // the engine has no part in it
      .map(({ epochSeconds }) => [
        setting.title,
        epochSeconds.toFixed(2),
        (epochFlops(gpt2, setting) / epochSeconds / 1e9).toFixed(0),
        percent(epochFlops(gpt2, setting) / epochSeconds / machine.gemmFlopsPerSecond),
      ]),
  );
  return [["training epoch", "s", "GFLOP/s", "of peak"], ...rows];
}

/** @param {readonly Measurement[]} measurements @param {Machine} machine */
export function stepRows(measurements, machine) {
  const rows = each(measurements).map(({ setting, engine, figures: { totalSeconds, generateSeconds, peakBytes } }) => [
    `${setting.title}, ${engine}`,
    totalSeconds.toFixed(2),
    generateSeconds.toFixed(2),
    (totalSeconds - generateSeconds).toFixed(2),
    (stepFlops(gpt2, setting) / totalSeconds / 1e9).toFixed(0),
    percent(stepFlops(gpt2, setting) / totalSeconds / machine.gemmFlopsPerSecond),
    (peakBytes / 1e9).toFixed(2),
  ]);
  return [["step", "s", "generate", "train", "GFLOP/s", "of peak", "peak GB"], ...rows];
}

/**
 * Beside TRL: whole steps with time and memory, then generation alone in the long setting; with the targets for such a machine, where there
 * are some.
 *
 * @param {readonly Measurement[]} measurements @param {Pick<Machine, "kernels">} machine
 */
export function trlRows(measurements, { kernels }) {
  const column = columnOf(kernels);
  const header = ["work", "TRL s", "cai s", "× TRL", "target", "TRL GB", "cai GB", "× TRL", "target"];
  const compared = each(measurements).flatMap(({ trl, ...rest }) => (trl === undefined ? [] : [{ trl, ...rest }]));
  const steps = compared.map(({ setting: { title, targets }, engine, figures, trl }) => {
    const target = engine === "policy" ? targets[column] : undefined;
    return [
      `${title}, responses by ${engine}`,
      ...ratio(trl.totalSeconds, figures.totalSeconds, target?.time),
      ...ratio(trl.peakBytes / 1e9, figures.peakBytes / 1e9, target?.memory),
    ];
  });
  const generation = compared
    .filter(({ setting }) => setting.name === "long")
    .map(({ engine, figures, trl }) => [
      `generation alone, long, ${engine}`,
      ...ratio(trl.generateSeconds, figures.generateSeconds, generationTargets[column][engine]),
    ]);
  return [header, ...steps, ...generation];
}

/** @param {number} theirs @param {number} ours @param {number | undefined} target */
function ratio(theirs, ours, target) {
  return [theirs.toFixed(2), ours.toFixed(2), (ours / theirs).toFixed(2), target === undefined ? "" : `≤ ${target}`];
}

const gpt2 = /** @type {import("./work.mjs").Shape} */ (shapes.gpt2);

/** One entry for each setting and engine. @param {readonly Measurement[]} measurements */
function each(measurements) {
  return measurements.flatMap(({ setting, engines, trl }) =>
    Object.entries(engines).map(([engine, figures]) => ({ setting, engine, figures, trl })),
  );
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(0)} %`;
