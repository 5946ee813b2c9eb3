// @ts-check
import { smooth } from "./smooth.js";

/**
 * One number of several runs over a common axis: for each run its values and, smoothed, its curve. Without smoothing both are the same.
 *
 * @param {readonly import("./run-data.js").RunData[]} runs that have the metric
 * @param {string} metric
 * @param {{ axis: "steps" | "seconds", smoothing: number, log: boolean }} how `log`: what is not above 0 becomes a gap
 * @returns {(number | null)[][][]} tables for uPlot.join: x, values, curve
 */
export function curvesOf(runs, metric, { axis, smoothing, log }) {
  return runs.map((run) => {
    const column = run.columns.get(metric) ?? [];
    const values = log ? column.map((value) => (value !== null && value > 0 ? value : null)) : column;
    return [run[axis], values, smoothing > 0 ? smooth(values, smoothing) : values];
  });
}
